import Advice
import Books
import TestSupport
import Testing

/// Limits worked by hand.
@Suite struct LimitCheckTests {
  /// 1,000 of money: A 400 (8 at 50), B 200, C 300, and 100 left.
  private func sample(_ change: (inout Profile) -> Void = { _ in }) -> LimitSample {
    var profile = Profile()
    change(&profile)
    return LimitSample(
      [profile],
      [
        LimitSample.deposit(1000), LimitSample.buy(0, 8, 50), LimitSample.buy(1, 10, 20),
        LimitSample.buy(2, 30, 10),
      ])
  }

  private func one(_ limit: Limit) throws -> [LimitCheck] {
    try sample().checks([limit]).filter { $0.rule == limit.name }
  }

  @Test("weights: each symbol above the limit has a row, else the largest")
  func weights() throws {
    let broken = try one(Limit("w", .weight, 0.25))
    #expect(broken.map(\.subject) == ["A", "C"])
    #expect(broken.map(\.value) == [0.4, 0.3])
    #expect(broken.allSatisfy { $0.status == .breach && $0.threshold == 0.25 })
    let kept = try one(Limit("w", .weight, 0.4))
    #expect(kept.map(\.subject) == ["A"] && kept[0].status == .ok && kept[0].value == 0.4)
    var some = Limit("w", .weight, 0.25)
    some.names = ["B", "C"]
    #expect(try one(some).map(\.subject) == ["C"])
  }

  @Test("sectors add up: Tech 0.6, Energy 0.3")
  func sectors() throws {
    let broken = try one(Limit("s", .sectorWeight, 0.5))
    #expect(broken.map(\.subject) == ["Tech"] && abs(broken[0].value - 0.6) < 1e-15)
    #expect(try one(Limit("s", .sectorWeight, 0.6)).allSatisfy { $0.status == .ok })
    var energy = Limit("s", .sectorWeight, 0.5)
    energy.names = ["Energy"]
    #expect(try one(energy).map(\.value) == [0.3])
  }

  @Test("cash has a least, leverage a most")
  func cashAndLeverage() throws {
    #expect(try one(Limit("c", .cash, 0.1)).map(\.status) == [.ok])
    #expect(try one(Limit("c", .cash, 0.11)).map(\.status) == [.breach])
    #expect(try one(Limit("c", .cash, 0.11)).map(\.value) == [0.1])
    #expect(abs(try one(Limit("l", .leverage, 1))[0].value - 0.9) < 1e-15)
    #expect(try one(Limit("l", .leverage, 0.8)).map(\.status) == [.breach])
  }

  @Test("what may not be held has a row each")
  func lists() throws {
    var symbols = Limit("n", .symbol)
    symbols.names = ["A", "B"]
    #expect(try one(symbols).map(\.subject) == ["C"])
    symbols.excluded = ["B"]
    let broken = try one(symbols)
    #expect(broken.map(\.subject) == ["B", "C"])
    #expect(broken.map(\.reason) == ["excluded", "not among those allowed"])
    var sectors = Limit("n", .sector)
    sectors.excluded = ["Health"]
    #expect(try one(sectors).map(\.status) == [.ok])
  }

  @Test("a profile's limits are rules; leverage is one always")
  func profiles() throws {
    let checks = try sample {
      $0.maxVaR = 0.001
      $0.maxVolatility = 5
      $0.maxDrawdown = 0.5
      $0.maxWeight = 0.35
      $0.maxSectorWeight = 0.7
      $0.minCash = 0.05
      $0.excludedSymbols = ["C"]
    }.checks()
    let byRule = Dictionary(grouping: checks, by: \.rule).mapValues { $0.map(\.status) }
    #expect(
      byRule == [
        "profile.max_var": [.breach], "profile.max_volatility": [.ok],
        "profile.max_drawdown": [.ok], "profile.max_weight": [.breach],
        "profile.max_sector_weight": [.ok], "profile.leverage": [.ok], "profile.min_cash": [.ok],
        "profile.symbols": [.breach],
      ])
    #expect(checks.first { $0.kind == .valueAtRisk }?.observations == 252)
  }

  @Test("VaR and volatility are those of a plain loop over the last returns")
  func risk() throws {
    let returns = (1..<LimitSample.bars).map { bar -> Double in
      func earned(_ step: Int) -> Double { Double(bar * step % 41 - 20) / 1000 }
      return 0.4 * earned(17) + 0.2 * earned(29) + 0.3 * earned(7)
    }
    for lookback in [60, 252, 299] {
      let last = returns.suffix(lookback)
      var limit = Limit("v", .valueAtRisk, 1)
      limit.lookback = lookback
      let rank = (5 * lookback + 99) / 100
      #expect(abs(try one(limit)[0].value + last.sorted()[rank - 1]) < 1e-12)
      limit.kind = .volatility
      let mean = last.reduce(0, +) / Double(lookback)
      let variance = last.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(lookback - 1)
      #expect(abs(try one(limit)[0].value - (variance * 252).squareRoot()) < 1e-9)
    }
  }

  @Test("what can't be told is unknown, and says why")
  func unknown() throws {
    // N has 30 returns.
    let young = LimitSample([Profile()], [LimitSample.deposit(100), LimitSample.buy(3, 5, 8)])
    let risk = try young.checks([Limit("v", .volatility, 0.1)])
    #expect(risk.last?.status == .unknown)
    #expect(risk.last?.reason == "30 returns of N, and 60 are needed")
    var short = Limit("v", .volatility, 0.01)
    short.lookback = 30
    #expect(try young.checks([short]).last?.status == .breach)

    var lost = LimitSample([Profile()], [LimitSample.deposit(100), LimitSample.buy(4, 5, 8)])
    lost.book.instruments.append(.init(symbol: "X", currency: "USD"))
    let checks = try lost.checks([
      Limit("w", .weight, 0.1), Limit("v", .valueAtRisk, 0.1), Limit("d", .drawdown, 0.1),
      Limit("c", .cash, 0.1),
    ])
    #expect(checks.allSatisfy { $0.status == .unknown && $0.value.isNaN })
    #expect(checks[1].reason == "no price or rate of X")
    var excluded = Limit("n", .symbol)
    excluded.excluded = ["X"]
    #expect(try lost.checks([excluded]).last?.status == .breach)
  }

  @Test("nobody's portfolio keeps its limits; one without equity is beyond any leverage")
  func empty() throws {
    let empty = LimitSample([Profile()], [])
    let rules = [
      Limit("v", .valueAtRisk, 0.1), Limit("w", .weight, 0.1), Limit("d", .drawdown, 0.1),
      Limit("c", .cash, 0.1),
    ]
    #expect(try empty.checks(rules).map(\.status) == [.ok, .ok, .ok, .ok, .unknown])
    // 10 of A, all borrowed.
    let owing = LimitSample([Profile()], [LimitSample.buy(0, 10, 50)])
    #expect(try owing.checks().map(\.status) == [.breach])
  }

  @Test("a fall of the own history, whole or of late")
  func drawdown() throws {
    // All of 1,000 in A on the first day: its own path.
    let day = LimitSample.day
    let first = LimitSample.closes(50, step: 17)[0]
    let sample = LimitSample(
      [Profile()],
      [
        Entry(timeNs: 0, wallet: 0, kind: .deposit, cash: 1000),
        Entry(
          timeNs: day / 2, sequence: 1, wallet: 0, kind: .buy, instrument: 0, cash: -1000,
          units: 1000 / first, price: first),
      ])
    let closes = LimitSample.closes(50, step: 17)
    func deepest(_ closes: ArraySlice<Double>) -> Double {
      var (peak, deepest) = (0.0, 0.0)
      for close in closes {
        peak = max(peak, close)
        deepest = max(deepest, 1 - close / peak)
      }
      return deepest
    }
    let whole = try sample.checks([Limit("d", .drawdown, 0.01)]).last
    #expect(abs((whole?.value ?? .nan) - deepest(closes[...])) < 1e-12)
    var late = Limit("d", .drawdown, 0.01)
    late.lookback = 20
    // The bar before the window is where it begins.
    #expect(
      abs((try sample.checks([late]).last?.value ?? .nan) - deepest(closes[279...])) < 1e-12)
  }

  @Test("a rule binds the portfolios that it names")
  func scope() throws {
    let sample = LimitSample([Profile(), Profile()], [LimitSample.deposit(10)])
    var limit = Limit("c", .cash, 0.1)
    limit.portfolios = [1]
    let checker = try sample.checker([limit])
    #expect(checker.limits(of: 0).map(\.name) == ["profile.leverage"])
    #expect(checker.limits(of: 1).map(\.name) == ["profile.leverage", "c"])
  }

  @Test("all at once are one by one, for any number of workers", arguments: [1, 2, 7])
  func sweep(workers: Int) throws {
    var random = TestRandom(seed: 5)
    var profile = Profile()
    (profile.maxVaR, profile.maxVolatility, profile.maxDrawdown) = (0.012, 0.2, 0.05)
    (profile.maxWeight, profile.maxSectorWeight, profile.minCash) = (0.5, 0.6, 0.1)
    var entries: [Entry] = []
    for wallet in 0..<70 {
      entries.append(LimitSample.deposit(1000, wallet: wallet))
      for (symbol, price) in [50.0, 20, 10, 8].enumerated() where random.one(in: 2) {
        entries.append(
          LimitSample.buy(symbol, Double(random.int(1...700)) / price, price, wallet: wallet))
      }
    }
    let sample = LimitSample([Profile](repeating: profile, count: 70), entries)
    let checker = try sample.checker([Limit("fall", .drawdown, 0.001)])
    let all = Array(0..<70)
    let found = try #require(
      try LimitSweep(checker, asOf: .max).run(all, keepsAll: true, workers: workers))
    let expected = try all.flatMap { try sample.checks([Limit("fall", .drawdown, 0.001)], of: $0) }
    #expect(found.checks.count == expected.count)
    for (one, other) in zip(found.checks, expected) {
      #expect(one.isSame(as: other) && one.status == other.status && one.reason == other.reason)
      #expect(one.value.bitPattern == other.value.bitPattern)
    }
    #expect(found.tallies.allSatisfy { $0.tally.ok + $0.tally.breach + $0.tally.unknown == 70 })
    #expect(found.breachingPortfolios > 0 && found.breachingPortfolios < 70)
    let broken = try #require(try LimitSweep(checker, asOf: .max).run(all, workers: workers))
    #expect(broken.checks.count == expected.count { $0.status != .ok })
    #expect(
      try LimitSweep(checker, asOf: .max).run(all, workers: workers, isCancelled: { true }) == nil)
  }
}
