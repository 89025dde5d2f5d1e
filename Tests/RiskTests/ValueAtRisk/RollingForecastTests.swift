import Testing

@testable import Risk

@Suite struct RollingForecastTests {
  private func roll(
    _ name: String, _ series: [Double], refit: Int = 7, horizon: Int = 1
  ) throws -> RollingForecast {
    let model = try VaRCatalog.model(name, seed: 1)
    return try #require(
      try RollingForecast(
        model, series: series, question: VaRSamples.question(0.95, 0.99, horizon: horizon),
        plan: RollingPlan(window: 120, refit: refit)))
  }

  /// A forecast at a refit is the forecast from its window alone: nothing is carried along.
  @Test(arguments: VaRModelTests.names, [1, 5])
  func equalsTheWindowAlone(name: String, horizon: Int) throws {
    let series = VaRSamples.clustered(200, seed: 21)
    let rolled = try roll(name, series, refit: 1, horizon: horizon)
    let model = try VaRCatalog.model(name, seed: 1)
    let question = try VaRSamples.question(0.95, 0.99, horizon: horizon)
    for (place, bar) in rolled.bars.enumerated() where place % 5 == 0 {
      let window = Array(series[bar - 120..<bar])
      guard let alone = try? model.forecast(window, question) else {
        #expect(rolled.valueAtRisk[0][place].isNaN)
        continue
      }
      for level in 0..<2 {
        #expect(rolled.valueAtRisk[level][place] == alone[level].valueAtRisk, "\(name) \(bar)")
        #expect(
          rolled.expectedShortfall[level][place] == alone[level].expectedShortfall, "\(name) \(bar)"
        )
      }
    }
  }

  /// What comes after a bar, however wild, doesn't move its forecast.
  @Test(arguments: VaRModelTests.names)
  func noLookAhead(name: String) throws {
    let series = VaRSamples.clustered(300, seed: 22)
    let whole = try roll(name, series)
    for cut in [121, 150, 233] {
      var poisoned = series
      for bar in cut..<300 { poisoned[bar] = bar % 2 == 0 ? 1e6 : -0.999 }
      let other = try roll(name, poisoned)
      let kept = whole.bars.count { $0 <= cut }
      #expect(kept > 0)
      for level in 0..<2 {
        #expect(
          whole.valueAtRisk[level].prefix(kept).map(\.bitPattern)
            == other.valueAtRisk[level].prefix(kept).map(\.bitPattern), "\(name) \(cut)")
      }
    }
  }

  @Test func horizonsDontOverlap() throws {
    let series = VaRSamples.clustered(200, seed: 23)
    let rolled = try roll("historical", series, horizon: 10)
    #expect(rolled.bars == Array(stride(from: 120, through: 190, by: 10)))
    let growth = series[120..<130].reduce(1) { $0 * (1 + $1) } - 1
    #expect(rolled.returns[0] == growth)
  }

  @Test func barsWithoutReturnsArePassedOver() throws {
    let series = VaRSamples.clustered(250, seed: 24)
    var gaps: [Double] = []
    var places: [Int] = []
    for value in series {
      if gaps.count % 4 == 1 { gaps.append(.nan) }
      places.append(gaps.count)
      gaps.append(value)
    }
    let (plain, other) = (try roll("garch", series), try roll("garch", gaps))
    #expect(plain.valueAtRisk == other.valueAtRisk)
    #expect(other.bars == plain.bars.map { places[$0] })
  }

  @Test func whatCannotBeForecast() throws {
    let question = try VaRSamples.question(0.95)
    let plan = try RollingPlan(window: 40, refit: 1)
    #expect(throws: RiskError.self) {
      try RollingForecast(
        GARCHVaR(), series: VaRSamples.gaussian(500, seed: 1), question: question, plan: plan)
    }
    #expect(
      throws: RiskError.tooFewReturns(
        method: "the backtest of gaussian", found: 40, needed: 41)
    ) {
      try RollingForecast(
        GaussianVaR(), series: VaRSamples.gaussian(40, seed: 1), question: question, plan: plan)
    }
    // A quiet stretch is missing, and the rest isn't.
    let series = VaRSamples.gaussian(100, seed: 1) + Array(repeating: 0, count: 60)
    let rolled = try #require(
      try RollingForecast(GaussianVaR(), series: series, question: question, plan: plan))
    #expect(rolled.missing == 20 && rolled.firstFailure != nil)
    #expect(
      try RollingForecast(
        GaussianVaR(), series: series, question: question, plan: plan, isCancelled: { true }) == nil
    )
  }

  @Test func sameBitsForAnyNumberOfWorkers() throws {
    let series = (0..<3 as Range<UInt64>).map { VaRSamples.clustered(400, seed: $0) }
    let models = try VaRModelTests.names.map { name throws in try VaRCatalog.model(name, seed: 9) }
    let question = try VaRSamples.question(0.95, 0.99)
    func bits(_ workers: Int) throws -> [[UInt64]] {
      let found = try #require(
        VaRLaboratory(
          series: series, models: models, question: question, plan: RollingPlan(window: 250),
          workers: workers))
      #expect(found.league(portfolio: 0, level: 1).sorted() == Array(models.indices))
      return found.entries.flatMap { $0 }.map { entry in
        entry.scores.map(\.quantileLoss.bitPattern)
          + (entry.forecast?.expectedShortfall ?? []).flatMap { $0 }.map(\.bitPattern)
      }
    }
    let one = try bits(1)
    #expect(try bits(2) == one)
    #expect(try bits(7) == one)
  }

  /// On returns whose volatility comes in clusters the models that know of clusters win.
  @Test func leagueOrder() throws {
    let models = ["gaussian", "garch", "cornish_fisher"]
    let found = try #require(
      VaRLaboratory(
        series: [VaRSamples.clustered(3_000, seed: 31), Array(repeating: 0.5, count: 3)],
        models: models.map { name throws in try VaRCatalog.model(name) },
        question: VaRSamples.question(0.99), plan: RollingPlan(window: 500, refit: 20), workers: 2))
    #expect(found.league(portfolio: 0, level: 0).first == 1)
    #expect(found.entries[1].allSatisfy { $0.forecast == nil && $0.failure != nil })
    #expect(found.league(portfolio: 1, level: 0) == [0, 1, 2])
  }
}
