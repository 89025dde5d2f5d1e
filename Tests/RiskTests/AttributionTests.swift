import Kernels
import TestSupport
import Testing

@testable import Risk

@Suite struct AttributionTests {
  // MARK: Linking

  @Test func linkingByHand() throws {
    // 10 % and 20 % of two parts each: 32 % in all.
    let linking = try ReturnLinking([0.1, 0.2])
    #expect(near(linking.total, 0.32))
    // ln 1.1 / 0.1 over ln 1.32 / 0.32.
    #expect(near(linking.factors[0], 1.0985508, 1e-7) && near(linking.factors[1], 1.0507246, 1e-7))
    #expect(near(linking.linked([0.06, 0.05]) + linking.linked([0.04, 0.15]), 0.32))
  }

  @Test func nothingHappenedAndAllIsLost() throws {
    #expect(try ReturnLinking([0, 0]).factors == [1, 1])
    #expect(try ReturnLinking([]).total == 0)
    #expect(throws: RiskError.self) { try ReturnLinking([0.1, -1]) }
    #expect(throws: RiskError.self) { try ReturnLinking([0.1, .nan]) }
    // Returns that cancel out: the limit, not 0 / 0.
    let back = try ReturnLinking([0.25, -0.2])
    #expect(near(back.total, 0) && near(back.linked([0.25, -0.2]), 0))
  }

  // MARK: Factors

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func contributionsAddUp(_ seed: UInt64) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let bars = random.int(10...400)
    let factors = SampleRisk.factors(bars: bars, count: 3, &random)
    let returns = SampleRisk.noise(bars, size: 0.05, &random)
    let fit = try FactorRegression(of: returns, name: "X", on: factors)
    let found = try FactorAttribution(of: returns, betas: fit.betas, on: factors)
    for bar in 0..<bars {
      let sum = found.contributions.row(bar).reduce(found.riskFree[bar] + found.specific[bar], +)
      #expect(abs(sum - returns[bar]) < 1e-15)
    }
    let total = returns.reduce(1) { $0 * (1 + $1) } - 1
    let linked = found.linked.reduce(found.linkedRiskFree + found.linkedSpecific, +)
    #expect(near(linked, total) && near(found.total, total))
  }

  @Test func attributionOfRealReturns() throws {
    let (returns, given) = try SampleRisk.real()
    let join = try FactorJoin(given, to: returns.timeNs, barNs: 86_400_000_000_000)
    let all = WeightTable(Array(repeating: 0.05, count: 20)).returns(returns).values
    let series = join.bars.map { all[$0] }
    let fit = try FactorRegression(of: series, name: "equal", on: join.factors)
    let found = try FactorAttribution(of: series, betas: fit.betas, on: join.factors)
    let linked = found.linked.reduce(found.linkedRiskFree + found.linkedSpecific, +)
    #expect(near(linked, found.total))
    // Large American firms in good years: mostly the market.
    #expect(fit.rSquared > 0.9 && found.linked[0] > 0.3 * found.total)
  }

  @Test func aMissingFactorIsRefused() throws {
    let factors = FactorTable(
      names: ["F"], timeNs: [0, 1], values: Matrix(rows: 2, columns: 1, [0.1, .nan]))
    #expect(
      throws: RiskError.outsideDomain(
        method: "attribution to factors", reason: "a factor has no return at bar 2 of 2")
    ) { try FactorAttribution(of: [0.1, 0.1], betas: [1], on: factors) }
  }

  // MARK: Brinson and Fachler

  /// Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd edition, chapter 5: shares of three countries.
  @Test func theExampleOfBacon() {
    let effects = BrinsonEffects(
      weights: [0.4, 0.3, 0.3], contributions: [0.4 * 0.2, 0.3 * -0.05, 0.3 * 0.06],
      benchmarkWeights: [0.4, 0.2, 0.4],
      benchmarkContributions: [0.4 * 0.1, 0.2 * -0.04, 0.4 * 0.08])
    func agree(_ found: [Double], _ percent: [Double]) -> Bool {
      zip(found, percent).allSatisfy { near($0, $1 / 100, 1e-14) }
    }
    #expect(near(effects.portfolio, 0.083) && near(effects.benchmark, 0.064))
    #expect(agree(effects.allocation, [0, -1.04, -0.16]))
    #expect(agree(effects.selection, [4, -0.2, -0.8]))
    #expect(agree(effects.interaction, [0, -0.1, 0.2]))
  }

  @Test func groupsThatOneSideDoesNotHold() {
    let effects = BrinsonEffects(
      weights: [0.5, 0, 0.5], contributions: [0.05, 0, 0.1],
      benchmarkWeights: [0.5, 0.5, 0], benchmarkContributions: [0.02, 0.04, 0])
    // The benchmark earns 6 %: leaving out a group that earns 8 %, and holding one that earns 20 %.
    #expect(near(effects.allocation[1], -0.5 * (0.08 - 0.06)))
    #expect(near(effects.allocation[2], 0.5 * (0.2 - 0.06)))
    #expect(effects.selection[1] == 0 && effects.interaction[2] == 0 && effects.selection[2] == 0)
    // Long and short of one group cancel out, and earn all the same.
    let pair = BrinsonEffects(
      weights: [0, 1], contributions: [0.03, 0.01], benchmarkWeights: [0.5, 0.5],
      benchmarkContributions: [0.02, 0.005])
    #expect(near(pair.selection[0], 0.03) && pair.interaction[0] == 0)
    let sum =
      pair.allocation.reduce(0, +) + pair.selection.reduce(0, +) + pair.interaction.reduce(0, +)
    #expect(near(sum, pair.active))
  }

  @Test func twoPeriodsByHand() throws {
    // One group up 10 % and 20 %, against a benchmark at 5 % and 10 %: all is selection.
    let periods = [(0.1, 0.05), (0.2, 0.1)].map {
      BrinsonEffects(
        weights: [1], contributions: [$0.0], benchmarkWeights: [1],
        benchmarkContributions: [$0.1])
    }
    let linked = try BrinsonAttribution(groups: ["all"], periods: periods)
    #expect(near(linked.active, 0.32 - 0.155) && near(linked.selection[0], 0.165))
    #expect(linked.allocation == [0] && linked.interaction == [0])
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func effectsAddUpToTheActiveReturn(
    _ seed: UInt64
  ) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let symbols = random.int(2...12)
    let bars = random.int(1...300)
    var values = SampleRisk.returns(bars: bars, symbols: symbols, &random).values
    for _ in 0..<bars { values[random.int(0...bars - 1), random.int(0...symbols - 2)] = .nan }
    let returns = ReturnTable(
      symbols: (0..<symbols).map { "S\($0)" }, timeNs: (0..<bars).map { Int64($0) }, values: values,
      barsPerYear: 252)
    let groups = (0..<symbols).map { _ in random.int(0...2) }
    let weights = SampleRisk.weights(symbols, &random)
    let base = (0..<bars * symbols).map { _ in Double(random.int(0...9)) }
    func benchmark(_ bar: Int) -> [Double] {
      var row = Array(base[bar * symbols..<(bar + 1) * symbols])
      row[symbols - 1] += 1
      return row
    }
    let found = try BrinsonAttribution(
      of: returns, groups: groups, names: ["A", "B", "C"], weights: weights, benchmark: benchmark)
    #expect(found.groups == ["A", "B", "C", "cash"])
    for period in found.periods {
      let sum =
        period.allocation.reduce(0, +) + period.selection.reduce(0, +)
        + period.interaction.reduce(0, +)
      #expect(near(sum, period.active))
    }
    let sum =
      found.allocation.reduce(0, +) + found.selection.reduce(0, +)
      + found.interaction.reduce(0, +)
    #expect(near(sum, found.active))
    let series = WeightTable(weights).returns(returns).values
    #expect(near(found.portfolio, series.reduce(1) { $0 * (1 + $1) } - 1))
    // Symbols in another order.
    let order = Array((0..<symbols).shuffled(using: &random))
    let other = try BrinsonAttribution(
      of: ReturnTable(
        symbols: order.map { returns.symbols[$0] }, timeNs: returns.timeNs,
        values: Matrix(
          rows: bars, columns: symbols,
          (0..<bars).flatMap { bar in order.map { values[bar, $0] } }), barsPerYear: 252),
      groups: order.map { groups[$0] }, names: ["A", "B", "C"], weights: order.map { weights[$0] },
      benchmark: { bar in order.map { benchmark(bar)[$0] } })
    for group in 0..<4 { #expect(near(other.allocation[group], found.allocation[group])) }
  }

  @Test func aPortfolioThatIsItsBenchmarkHasNoEffects() throws {
    var random = TestRandom(seed: 9)
    let returns = SampleRisk.returns(bars: 50, symbols: 6, &random)
    let weights = Array(repeating: 1.0 / 6, count: 6)
    let found = try BrinsonAttribution(
      of: returns, groups: [0, 0, 1, 1, 2, 2], names: ["A", "B", "C"], weights: weights,
      benchmark: { _ in Array(repeating: 5, count: 6) })
    for effect in [found.allocation, found.selection, found.interaction] {
      #expect(effect.allSatisfy { abs($0) < 1e-14 })
    }
  }
}
