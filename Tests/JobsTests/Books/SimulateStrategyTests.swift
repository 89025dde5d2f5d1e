import Advice
import Books
import Jobs
import Market
import Simulation
import Storage
import Testing

/// Portfolios under a spec: what `apus backtest` makes of it, and a plain loop on random paths.
@Suite struct SimulateStrategyTests {
  private static let weights =
    "weights: \"if(top(2, pct_change(close, 20)), 0.45, 0)\", rebalance: { every: \"week\" }"
  private static let lanes =
    "long_entry: \"close > sma(close, 5)\", long_exit: \"close < sma(close, 5)\""
  private static let bps = ", execution: { commission: { bps: 10 } }"
  /// Costs that are no part of the money: everybody has a run of its own.
  private static let fixed =
    ", execution: { commission: { bps: 10, minimum: 7, fixed: 1 }, lot: 1 }"

  private func near(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-9) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  /// Equity of `apus backtest` with so much money, over all lanes, each with an equal part of it.
  private func backtest(
    _ book: StrategyBook, _ strategy: String, _ rest: String, cash: Double, bars: Range<Int>,
    symbols: [String] = StrategyBook.symbols
  ) throws -> [Double] {
    let lanes = strategy.contains("weights") ? 1 : symbols.count
    let spec = try StrategyBook.spec(
      strategy, rest + ", account: { cash: \(cash / Double(lanes)) }",
      data: ", symbols: [\(symbols.map { "'\($0)'" }.joined(separator: ", "))]"
        + ", from: '\(StrategyBook.day(bars.lowerBound))', to: '\(StrategyBook.day(bars.upperBound - 1))'"
    )
    let plan = try RunPlan(spec: spec, storePath: book.folder.path("prices.h5"))
    let simulator = plan.simulator(variant: .best, workers: 1)
    var equity = [Double](repeating: 0, count: bars.count)
    for lane in 0..<lanes {
      for (bar, value) in try simulator.replay(lane: lane).equity.enumerated() {
        equity[bar] += value
      }
    }
    return equity
  }

  @Test(
    "over history a portfolio of cash is the backtest of its money",
    arguments: [weights, lanes], [bps, fixed])
  func history(_ strategy: String, _ rest: String) throws {
    let book = try StrategyBook()
    let (bar, horizon) = (79, 60)
    let found = try book.outcome(.strategy(try StrategyBook.spec(strategy, rest)), bar: bar) {
      ($0.market, $0.horizon) = (.history, horizon)
    }
    #expect(found.failedCount == 0 && found.goingCount == 5)
    for (place, cash) in StrategyBook.cash.enumerated() {
      // The profile of one leaves a symbol out.
      let expected = try backtest(
        book, strategy, rest, cash: cash, bars: bar + 1..<bar + 1 + horizon,
        symbols: place == 3 ? ["AAA", "CCC"] : StrategyBook.symbols)
      #expect(near(found.values(of: place), expected), "portfolio \(place)")
      // It has traded.
      #expect(Set(expected).count > horizon / 2)
    }
    #expect(found.report.warnings.contains { $0.code == "looks_ahead" })
  }

  @Test("each of the worst stretches is the backtest of its bars")
  func worst() throws {
    let book = try StrategyBook()
    let held = try StrategyBook(holds: true)
    for path in 0..<2 {
      let found = try held.outcome(
        .strategy(try StrategyBook.spec(Self.weights, Self.bps)), bar: 159, portfolios: [4, 0]
      ) { ($0.market, $0.horizon, $0.path) = (.worst(2), 20, path) }
      let table = try #require(found.report.groups.first { $0.name == "path" })
      guard case .times(let times) = table.dimensions[0].labels else {
        Issue.record("times of bars")
        return
      }
      let first = try #require((0..<160).first { StrategyBook.day($0) == day(times[0]) })
      let expected = try backtest(
        book, Self.weights, Self.bps, cash: 900, bars: first..<first + 20)
      #expect(near(found.values(of: 0), expected))
    }
  }

  private func day(_ ns: Int64) -> String { String(Timestamp.text(nanoseconds: ns).prefix(10)) }

  @Test("on a path of the bootstrap signals, fills and costs are those of a plain loop")
  func bootstrap() throws {
    let book = try StrategyBook(holds: true)
    let (bar, path) = (99, 1)
    func run(_ policy: SimulateOptions.Policy) throws -> SimulateJob.Outcome {
      try book.outcome(policy, bar: bar) { ($0.path, $0.paths, $0.horizon) = (path, 3, 50) }
    }
    // A unit that is held is worth the price.
    let held = try run(.hold)
    let found = try run(.strategy(try StrategyBook.spec(Self.lanes, Self.bps)))
    var total = [Double](repeating: 0, count: 50)
    for symbol in 0..<3 {
      let past = (0...bar).map { book.closes[$0 * 3 + symbol] }
      total = zip(total, naive(past, held.values(of: symbol).map { $0 - 0.01 })).map { $0 + $1 }
    }
    for place in [4, 0] {
      let cash = try #require(place == 4 ? 900 : book.closes[bar * 3] + 0.01)
      #expect(near(found.values(of: place), total.map { $0 / 3 * cash }), "portfolio \(place)")
    }
    #expect(Set(total).count > 25)
  }

  /// One symbol's account of 1, long above the mean of five closes, filled at the next open, which is 0.99 of its close.
  private func naive(_ past: [Double], _ path: [Double]) -> [Double] {
    let closes = past + path
    var (cash, units, order) = (1.0, 0.0, 0)
    return path.indices.map { bar in
      let here = past.count + bar
      let open = 0.99 * closes[here]
      if order > 0 { (units, cash) = (cash / (open * 1.001), 0) }
      if order < 0 { (cash, units) = (units * open * 0.999, 0) }
      order = 0
      let mean = closes[here - 4...here].reduce(0, +) / 5
      if units == 0, closes[here] > mean { order = 1 }
      if units > 0, closes[here] < mean { order = -1 }
      return cash + units * closes[here]
    }
  }

  @Test(
    "1, 2 and 7 workers, the same tables",
    arguments: [
      (SimulateOptions.Market.bootstrap, "next_open"), (.gaussian, "next_close"),
      (.student, "same_close"), (.worst(3), "next_open"), (.history, "next_close"),
    ])
  func workers(_ market: SimulateOptions.Market, _ fill: String) throws {
    let book = try StrategyBook(holds: true)
    let rest = ", execution: { fill: '\(fill)', commission: { bps: 10, minimum: 1 } }"
    let json = try [1, 2, 7].map { workers in
      try book.outcome(
        .strategy(try StrategyBook.spec(Self.weights, rest)), bar: 99, workers: workers
      ) {
        $0.market = market
        if !market.isRandom { $0.horizon = 20 }
        ($0.contribution, $0.floor) = (50, 0.9)
      }.report.json()
    }
    #expect(json[0] == json[1] && json[0] == json[2])
  }

  @Test("nothing after --at reaches a random path")
  func poison() throws {
    func values(_ spoiledAfter: Int) throws -> [Double] {
      let found = try StrategyBook(spoiledAfter: spoiledAfter).outcome(
        .strategy(try StrategyBook.spec(Self.weights, Self.bps)), bar: 99
      ) { _ in }
      return found.values(of: 0)
    }
    let clean = try values(.max)
    #expect(clean == (try values(99)))
    #expect(clean != (try values(98)))
  }

  @Test("payments join a strategy at its worth, as in a fund")
  func contributions() throws {
    let book = try StrategyBook()
    let spec = try StrategyBook.spec("weights: \"if(close > 0, 0.3, 0)\"", "")
    func run(_ contribution: Double) throws -> [Double] {
      try book.outcome(.strategy(spec), bar: 79, portfolios: [0]) {
        ($0.market, $0.horizon, $0.contribution) = (.history, 30, contribution)
        $0.per = .parse("7") ?? $0.per
      }.values(of: 0)
    }
    let (plain, paid) = try (run(0), run(1000))
    var value = 100_000.0
    for bar in 0..<30 {
      if bar % 7 == 0 { value += 1000 }
      value *= plain[bar] / (bar == 0 ? 100_000 : plain[bar - 1])
      #expect(abs(paid[bar] - value) < 1e-9 * value)
    }
  }

  @Test("who can't be under a spec is held, and told why")
  func reasons() throws {
    let book = try StrategyBook(holds: true)
    let spec = try StrategyBook.spec(Self.weights, Self.bps, data: ", symbols: ['BBB']")
    let found = try book.outcome(.strategy(spec), bar: 99) { _ in }
    #expect(found.failedCount == 1)
    #expect(found.reasons[3].contains("profile allows none"))
    #expect(found.values(of: 3) == Array(repeating: StrategyBook.cash[3], count: 30))
  }

  @Test(
    "a portfolio in another currency than the symbols needs rates, and has its account in its own")
  func currencies() throws {
    let book = try StrategyBook(euro: true)
    func run(_ fx: String) throws -> SimulateJob.Outcome {
      let spec = try StrategyBook.spec(Self.weights, Self.bps, data: ", panel: 'crypto_1d' \(fx)")
      return try book.outcome(.strategy(spec), bar: 79) {
        ($0.market, $0.horizon) = (.history, 60)
      }
    }
    let without = try run("")
    #expect(without.failedCount == 1 && without.reasons[4].contains("quoted in USD"))
    #expect(without.values(of: 4) == Array(repeating: 900, count: 60))
    let with = try run(", fx: 'fx'")
    #expect(with.failedCount == 0)
    let spec = try StrategyBook.spec(
      Self.weights, Self.bps + ", account: { cash: 900, currency: 'EUR' }",
      data: ", panel: 'crypto_1d', fx: 'fx', from: '\(StrategyBook.day(80))'"
        + ", to: '\(StrategyBook.day(139))'")
    let plan = try RunPlan(spec: spec, storePath: book.folder.path("prices.h5"))
    let record = try plan.simulator(variant: .best, workers: 1).replay(lane: 0)
    #expect(near(with.values(of: 4), record.equity))
  }

  private static let refused: [(strategy: String, rest: String, data: String, said: String)] = [
    (lanes, ", parameters: { n: [1, 2] }", "", "parameters: found 2 sets"),
    (lanes, ", account: { flows: [{ every: 'month', amount: 5 }] }", "", "--contribution"),
    (lanes, ", account: { wallets: [{ name: 'x', cash: 5 }] }", "", "the portfolios"),
    (lanes, ", execution: { bounds: true }", "", "execution.bounds"),
    (lanes, "", ", symbols: { top: 2, by: 'volume' }", "data.symbols"),
    (lanes, "", ", symbols: ['DDD']", "no symbol 'DDD'"),
    ("weights: \"sma(closed, 3)\"", "", "", "closed"),
  ]

  @Test("what can be no policy is refused before anything runs", arguments: refused.indices)
  func refusals(_ place: Int) throws {
    let (strategy, rest, data, said) = Self.refused[place]
    let book = try StrategyBook()
    let strategyText = place == 0 ? strategy.replacing("5)", with: "n + 1)") : strategy
    let spec = try StrategyBook.spec(strategyText, rest, data: data)
    let error = try #require(throws: (any Error).self) {
      try book.outcome(.strategy(spec), bar: 99) { _ in }
    }
    #expect("\(error)".contains(said), "\(error)")
  }

  private static let inside: [(strategy: String, execution: String, said: String)] = [
    (lanes, "", "execution.fill=next_close"),
    ("weights: \"sma(volume, 3)\"", "fill: 'next_close'", "the field volume"),
    (lanes + ", stop_loss: 0.1", "fill: 'next_close'", "look into bars"),
    (lanes, "fill: 'next_close', max_volume_share: 0.1", "volumes"),
  ]

  @Test("paths of closes alone take strategies of closes alone", arguments: inside.indices)
  func closesAlone(_ place: Int) throws {
    let (strategy, execution, said) = Self.inside[place]
    let book = try StrategyBook(holds: true)
    let spec = try StrategyBook.spec(strategy, ", execution: { \(execution) }")
    let error = try #require(throws: SpecError.self) {
      try book.outcome(.strategy(spec), bar: 99) { $0.market = .gaussian }
    }
    #expect("\(error)".contains(said) && "\(error)".contains("bootstrap"), "\(error)")
  }
}
