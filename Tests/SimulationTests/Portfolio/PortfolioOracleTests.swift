import Kernels
import Market
import Metrics
import Simulation
import Testing

/// Portfolios against the long way, over random markets with holes, late listings, ends and rules.
@Suite struct PortfolioOracleTests {
  @Test(arguments: batches(of: 60, in: 0..<600))
  func agreesWithThePlainLoop(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = PortfolioScenario(seed: seed)
      let record = try PortfolioEngine(scenario.run).replay(lane: 0)
      let naive = scenario.naive
      let why: Comment = "seed \(seed), \(scenario.run.rules.fill), \(scenario.run.rebalance)"
      let scale = max(10_000, naive.equity.max() ?? 0)
      for (bar, pair) in zip(record.equity, naive.equity).enumerated() {
        try #require(abs(pair.0 - pair.1) <= 1e-9 * scale, "bar \(bar): \(pair); \(why)")
      }
      for (bar, pair) in zip(record.cash, naive.cashAfterBar).enumerated() {
        try #require(abs(pair.0 - pair.1) <= 1e-9 * scale, "cash, bar \(bar): \(pair); \(why)")
      }
      let summary = record.summary
      #expect(record.equity.count == naive.equity.count, why)
      #expect(abs(summary.fees - naive.fees) <= 1e-9 * scale, why)
      #expect(abs(summary.slippage - naive.slippage) <= 1e-9 * scale, why)
      #expect(summary.staleMarks == naive.staleMarks, why)
      #expect(summary.delistings == naive.delistings, why)
      #expect(summary.rebalances == naive.rebalances, why)
      let fills = record.fills.filter { $0.cause == .rebalance }
      let theirs = naive.fills.filter { abs($0.units * $0.price) > 1e-6 }
      let ours = fills.filter { abs($0.units * $0.price) > 1e-6 }
      #expect(ours.count == theirs.count, why)
    }
  }

  @Test(arguments: batches(of: 60, in: 0..<600))
  func cashIsNeverNegativeAndTheLedgerAddsUp(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = PortfolioScenario(seed: seed)
      let record = try PortfolioEngine(scenario.run).replay(lane: 0)
      var marks = scenario.bars.map { _ in 0.0 }
      let count = scenario.bars.count
      for fill in record.fills { #expect(fill.cashAfter >= 0, "seed \(seed), \(fill)") }
      for bar in record.equity.indices {
        #expect(record.cash[bar] >= 0, "seed \(seed), bar \(bar)")
        var sum = record.cash[bar]
        for symbol in 0..<count {
          let close = scenario.bars[symbol].close[bar]
          if !close.isNaN { marks[symbol] = close }
          sum += record.units[bar * count + symbol] * marks[symbol]
        }
        #expect(abs(sum - record.equity[bar]) <= 1e-9 * record.equity[bar], "seed \(seed)")
      }
    }
  }

  /// The sweep's row is the replay's, bit for bit, whoever runs it beside whom.
  @Test(arguments: [1, 2, 7])
  func rowsEqualReplaysForAnyWorkers(workers: Int) throws {
    for seed in 0..<12 {
      var scenario = PortfolioScenario(seed: seed)
      var random = SeededGenerator(seed: seed + 1000)
      let count = scenario.bars.count
      let rows = (0..<21).map { _ in
        (0..<scenario.table.count).map { _ in
          (0..<count).map { _ in random.uniform(0, 1.5 / Double(count)) }
        }
      }
      scenario.run.weights = TableWeights(
        rows: rows, symbolCount: count,
        warmups: rows.indices.map { $0 % 5 })
      scenario.run.keepsReturns = true
      let expected = try (0..<21).map {
        try PortfolioEngine(scenario.run).replay(lane: $0).summary
      }
      for tile in [1, 3, 64] {
        let found = try PortfolioEngine(scenario.run, workers: workers, tileLanes: tile).summaries()
        #expect(found.map(description) == expected.map(description), "seed \(seed), tile \(tile)")
      }
    }
  }

  @Test(arguments: 0..<40)
  func permutingSymbolsPermutesResults(seed: Int) throws {
    let scenario = PortfolioScenario(seed: seed)
    let count = scenario.bars.count
    var random = SeededGenerator(seed: seed)
    let order = Array(0..<count).shuffled(using: &random)
    var other = scenario.run
    other.panel = makePanel(order.map { scenario.bars[$0] })
    other.weights = TableWeights(
      rows: [scenario.table.map { row in order.map { row[$0] } }], symbolCount: count)
    let first = try PortfolioEngine(scenario.run).replay(lane: 0)
    let second = try PortfolioEngine(other).replay(lane: 0)
    for (a, b) in zip(first.equity, second.equity) { #expect(abs(a - b) <= 1e-9 * a) }
    // The same by choosing columns of the panel in another order.
    var chosen = scenario.run
    chosen.symbols = order
    chosen.weights = other.weights
    let third = try PortfolioEngine(chosen).replay(lane: 0)
    #expect(third.equity == second.equity)
  }

  @Test(arguments: 0..<40)
  func scalingPricesAndCashScalesTheAccount(seed: Int) throws {
    let scenario = PortfolioScenario(seed: seed)
    var other = scenario.run
    // A power of two changes no digit.
    other.panel = makePanel(scenario.bars.map { $0.scaled(by: 4) })
    other.cash *= 4
    let first = try PortfolioEngine(scenario.run).replay(lane: 0)
    let second = try PortfolioEngine(other).replay(lane: 0)
    #expect(second.equity == first.equity.map { $0 * 4 })
    #expect(second.units == first.units)
  }

  private func description(_ summary: LaneSummary) -> String { "\(summary)" }
}
