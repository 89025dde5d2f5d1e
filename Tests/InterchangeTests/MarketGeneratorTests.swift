import Interchange
import Market
import Testing

private func draft(
  _ bars: Int, _ symbols: Int, _ change: (inout MarketOptions) -> Void = { _ in }
) throws(ImportError) -> PanelDraft {
  var options = MarketOptions(bars: bars, symbols: symbols)
  change(&options)
  return try MarketGenerator.draft(options)
}

private func column(_ draft: PanelDraft, _ field: Int, _ symbol: Int) -> [Double] {
  (0..<draft.timeNs.count).map { draft.fields[field].values[$0 * draft.symbols.count + symbol] }
}

private func logReturns(_ close: [Double]) -> [Double] {
  // A ratio near one: the first terms of the logarithm would do, but the closes are near enough for
  // the plain one.
  zip(close, close.dropFirst()).map { 2 * ($1 - $0) / ($1 + $0) }
}

private func covariance(_ a: [Double], _ b: [Double]) -> Double {
  let meanA = a.reduce(0, +) / Double(a.count)
  let meanB = b.reduce(0, +) / Double(b.count)
  return zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) } / Double(a.count - 1)
}

/// FNV-1a over the bits of all values.
private func fingerprint(_ draft: PanelDraft) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for field in draft.fields {
    for value in field.values {
      hash = (hash ^ (value.isNaN ? 0 : value.bitPattern)) &* 0x100_0000_01B3
    }
  }
  return hash
}

@Suite struct MarketGeneratorTests {
  @Test(arguments: MarketOptions.Frequency.allCases, [0, 2, nil])
  func keepsTheRulesOfPrices(frequency: MarketOptions.Frequency, decimals: Int?) throws {
    let draft = try draft(800, 13) {
      $0.frequency = frequency
      $0.decimals = decimals
      $0.annualVolatility = 3
    }
    for cell in 0..<800 * 13 {
      let v = draft.fields.map { $0.values[cell] }
      let holds =
        v.allSatisfy(\.isFinite) && v[2] > 0 && v[2] <= min(v[0], v[3])
        && max(v[0], v[3]) <= v[1] && v[4] >= 0 && v[4] == v[4].rounded()
      if !holds { Issue.record("cell \(cell): \(v)") }
    }
  }

  @Test func moreSymbolsAndBarsLeaveTheOthersAlone() throws {
    let small = try draft(50, 10) { $0.missingFraction = 0.1 }
    let large = try draft(300, 23) { $0.missingFraction = 0.1 }
    for field in 0..<5 {
      for symbol in 0..<10 {
        let a = column(small, field, symbol).map(\.bitPattern)
        let b = column(large, field, symbol).prefix(50).map(\.bitPattern)
        #expect(a == b)
      }
    }
  }

  // From Tests/Golden/market_generator.py, a second implementation in plain Python.
  @Test func sameBytesEverywhere() throws {
    #expect(fingerprint(try draft(300, 20)) == 0x281f_00bf_0b31_6362)
    let raw = try draft(300, 20) {
      $0.seed = 2
      $0.decimals = nil
    }
    #expect(fingerprint(raw) == 0x97cd_d54e_0f49_5ee4)
    #expect(fingerprint(try draft(300, 20) { $0.frequency = .minute }) == 0xedaf_a194_6d96_dc4f)
  }

  @Test func volatilityAndCorrelationAreAsAsked() throws {
    let draft = try draft(20_000, 12) {
      $0.betaSpread = 0
      $0.decimals = nil
    }
    let returns = (0..<12).map { logReturns(column(draft, 3, $0)) }
    for symbol in 0..<12 {
      let annual = (covariance(returns[symbol], returns[symbol]) * 252).squareRoot()
      // The standard error of a volatility is σ/√(2n) = 0.5 %.
      #expect(abs(annual / 0.25 - 1) < 0.025, "\(annual)")
    }
    for symbol in 1..<12 {
      let correlation =
        covariance(returns[0], returns[symbol])
        / (covariance(returns[0], returns[0]) * covariance(returns[symbol], returns[symbol]))
        .squareRoot()
      #expect(abs(correlation - 0.36) < 0.035, "\(correlation)")
    }
  }

  @Test func clocks() throws {
    let daily = try draft(7, 1)
    #expect(daily.timeNs.map(TimeParser.format).first == "2010-01-04")
    #expect(
      daily.timeNs.map(TimeParser.format).suffix(3) == ["2010-01-08", "2010-01-11", "2010-01-12"])
    let crypto = try draft(7, 1) { $0.calendar = .crypto }
    #expect(crypto.timeNs.map(TimeParser.format).last == "2010-01-10")
    #expect(crypto.name == "crypto_1d" && crypto.calendar == Calendar(.crypto))
    let minutes = try draft(391, 1) { $0.frequency = .minute }
    #expect(TimeParser.format(minutes.timeNs[0]) == "2010-01-04 14:30:00")
    #expect(TimeParser.format(minutes.timeNs[389]) == "2010-01-04 20:59:00")
    #expect(TimeParser.format(minutes.timeNs[390]) == "2010-01-05 14:30:00")
    #expect(minutes.name == "us_equity_1m" && minutes.frequencyNs == 60_000_000_000)
    let allDay = try draft(1441, 1) {
      $0.frequency = .minute
      $0.calendar = .crypto
    }
    #expect(TimeParser.format(allDay.timeNs[1440]) == "2010-01-05")
  }

  @Test func symbolsAndSectors() throws {
    let draft = try draft(2, 12)
    #expect(draft.symbols.map(\.symbol).prefix(2) == ["S0000", "S0001"])
    #expect(draft.symbols[11].symbol == "S0011")
    #expect(draft.symbols[11].sector == draft.symbols[0].sector)
    #expect(Set(draft.symbols.map(\.sector)) == Set(MarketGenerator.sectors))
    #expect(draft.symbols[0].tick == 0.01)
  }

  @Test func missingBarsAndLateListings() throws {
    let holes = try draft(2000, 50) { $0.missingFraction = 0.1 }
    let missing = holes.fields[3].values.count(where: \.isNaN)
    #expect(abs(Double(missing) / 100_000 - 0.1) < 0.005)
    for cell in 0..<100_000 {
      let states = Set(holes.fields.map { $0.values[cell].isNaN })
      if states.count != 1 { Issue.record("cell \(cell) is missing in part") }
    }
    let late = try draft(400, 200) { $0.lateListingFraction = 0.25 }
    let firsts = (0..<200).map { column(late, 3, $0).firstIndex { !$0.isNaN } ?? 400 }
    let count = firsts.count { $0 > 0 }
    #expect(count > 25 && count < 75)
    #expect(firsts.allSatisfy { $0 <= 200 })
    let full = try draft(400, 200)
    #expect(column(late, 3, 0).suffix(200) == column(full, 3, 0).suffix(200))
  }

  @Test func namesOptionsOutOfRange() {
    let changes: [(inout MarketOptions) -> Void] = [
      { $0.bars = 0 }, { $0.symbols = -1 }, { $0.annualVolatility = .nan },
      { $0.annualVolatility = 11 }, { $0.missingFraction = 1 }, { $0.lateListingFraction = 1.5 },
      { $0.decimals = 9 }, { $0.startNs = 5 }, { $0.betaSpread = -1 },
      { $0.annualDrift = .infinity },
      { $0.bars = 99_999_999 },
      {
        $0.bars = 90_000_000
        $0.symbols = 1_000_000
      },
    ]
    for change in changes {
      #expect(throws: ImportError.self) { try draft(10, 1, change) }
    }
  }
}
