import Kernels
import Market
import Metrics
import Simulation
import Testing

/// Products of matrices against the ledger.
@Suite struct FixedWeightRouteTests {
  private func money(_ summary: LaneSummary) -> [(String, Double)] {
    [
      ("finalEquity", summary.finalEquity), ("sumReturns", summary.sumReturns),
      ("sumSquaredReturns", summary.sumSquaredReturns), ("maxDrawdown", summary.maxDrawdown),
      ("sumSquaredDrawdowns", summary.sumSquaredDrawdowns), ("sumEquity", summary.sumEquity),
      ("tradedNotional", summary.tradedNotional), ("fees", summary.fees),
      ("slippage", summary.slippage), ("sumResidualCash", summary.sumResidualCash),
    ]
  }

  private func counts(_ summary: LaneSummary) -> [Int] {
    [
      summary.bars, summary.openTrades, summary.trades, summary.barsInPosition, summary.rebalances,
      summary.scaledOrders, summary.staleMarks, summary.warmBars, summary.longestDrawdownBars,
    ]
  }

  @Test(arguments: batches(of: 40, in: 0..<320))
  func agreesWithTheLedger(seeds: Range<Int>) throws {
    var matrices = 0
    for seed in seeds {
      var scenario = PortfolioScenario(seed: seed, isPlain: true)
      scenario.run.keepsReturns = seed % 2 == 0
      let fast = PortfolioEngine(scenario.run)
      let slow = PortfolioEngine(scenario.run, byMatrices: false)
      #expect(!slow.goesByMatrices)
      if fast.goesByMatrices { matrices += 1 }
      let (a, b) = (try fast.replay(lane: 0), try slow.replay(lane: 0))
      let why: Comment = "seed \(seed)"
      for (x, y) in zip(a.equity, b.equity) { #expect(abs(x - y) <= 1e-12 * y, why) }
      for ((name, x), (_, y)) in zip(money(a.summary), money(b.summary)) {
        #expect(abs(x - y) <= 1e-12 * max(abs(y), b.summary.sumEquity / 1e3, 1), "\(name), \(why)")
      }
      #expect(counts(a.summary) == counts(b.summary), why)
      #expect(a.fills.count == b.fills.count && a.equity.count == b.equity.count)
      #expect(try fast.summaries().map { "\($0)" } == ["\(a.summary)"], why)
    }
    #expect(matrices > seeds.count / 2)
  }

  /// A lane's bits don't depend on who else is run, nor on how many workers do it.
  @Test(arguments: [1, 2, 7])
  func lanesAreTheSameInAnyCompany(workers: Int) throws {
    var scenario = PortfolioScenario(seed: 4, isPlain: true)
    var random = SeededGenerator(seed: 1)
    let symbols = scenario.bars.count
    let weights = (0..<300 * symbols).map { _ in random.uniform(0, 1 / Double(symbols)) }
    scenario.run.weights = FixedWeights(weights, symbolCount: symbols)
    let engine = PortfolioEngine(scenario.run, workers: workers)
    let all = try engine.summaries()
    let expected = try PortfolioEngine(scenario.run).summaries()
    #expect(all.map { "\($0)" } == expected.map { "\($0)" })
    for lane in [0, 1, 127, 128, 299] {
      #expect("\(try engine.replay(lane: lane).summary)" == "\(all[lane])", "lane \(lane)")
    }
    var done = RangeSet<Int>(3..<290)
    done.remove(contentsOf: 130..<131)
    var rest: [Int: String] = [:]
    _ = try PortfolioEngine(scenario.run).simulateTiles(
      without: done, begin: { $0 }, take: { _, _, _ in }, end: { _ in })
    rest[130] = "\(try engine.replay(lane: 130).summary)"
    #expect(rest[130] == "\(all[130])")
  }

  /// Every instruction set gives the same bits.
  @Test func instructionSetsAgree() throws {
    let scenario = PortfolioScenario(seed: 8, isPlain: true)
    let found = try KernelVariant.available.map {
      "\(try PortfolioEngine(run: scenario.run, kernels: $0.kernels, workers: 1).summaries())"
    }
    #expect(Set(found).count == 1)
  }

  /// What it can't do goes through the ledger.
  @Test func asksForNothingElse() {
    let plain = PortfolioScenario(seed: 8, isPlain: true).run
    #expect(PortfolioEngine(plain).goesByMatrices)
    let changes: [(inout PortfolioRun) -> Void] = [
      { $0.rebalance.drift = 0.1 }, { $0.rebalance.gradualBars = 2 }, { $0.rebalance.band = 0.1 },
      { $0.rebalance.maxTurnover = 1 }, { $0.rules.lot = 1 }, { $0.rules.minNotional = 1 },
      { $0.rules.leverage = 2 }, { $0.rules.commission.fixed = 1 },
      { $0.rules.slippage.ticks = 1 }, { $0.rules.financing.cashRate = 0.01 },
      { $0.rules.maxVolumeShare = 0.1 }, { $0.flows = [CashFlow(bar: 1, amount: 1)] },
      {
        $0.weights = FixedWeights(
          [Double](repeating: -0.1, count: $0.symbols.count),
          symbolCount: $0.symbols.count)
      },
    ]
    for change in changes {
      var run = plain
      change(&run)
      #expect(!PortfolioEngine(run).goesByMatrices)
    }
  }
}
