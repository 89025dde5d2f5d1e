import Kernels
import Metrics
import Simulation
import Testing

/// The ledger and the vector kernel are two routes to the same money.
@Suite struct KernelAgreementTests {
  /// The kernel's fills put through the ledger give the kernel's books: the same bits where the kernel counts cash, and 1e-12
  /// where it multiplies growths.
  @Test(arguments: batches(of: 50, in: 5000..<5300))
  func theLedgerGivesTheKernelsBooks(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = Scenario(seed: seed, sets: 2)
      let run = scenario.run
      for lane in 0..<run.laneCount {
        let record = try replay(run, lane: lane)
        let isInvested =
          run.strategy.commitsAll && !run.strategy.entersShort && run.rules.paysInProportion
        let bars = scenario.symbols[run.place(of: lane).symbol]
        let ledger = books(record.fills, bars, run)
        compare(ledger, record, isExact: !isInvested, run, "seed \(seed), lane \(lane)")
      }
    }
  }

  private func books(_ fills: [FillRecord], _ bars: Bars, _ run: LaneRun) -> Ledger {
    var ledger = Ledger(
      symbolCount: 1, cash: run.cash, rules: ExecutionRules(),
      minimumAcceptablePerBar: LaneSummary.ratePerBar(
        annual: run.minimumAcceptable, barsPerYear: run.barsPerYear), keepsRecord: true)
    var next = 0
    for bar in 0..<run.window.count {
      ledger.beginBar(bar)
      while next < fills.count && fills[next].bar == bar {
        let fill = fills[next]
        next += 1
        if fill.cause == .rejection || ledger.isRuined { continue }
        ledger.fill(
          units: fill.units, price: fill.price, fillPrice: fill.fillPrice,
          commission: fill.commission, cause: fill.cause, bar: bar)
      }
      ledger.endBar(bar, close: bars.close[run.window.lowerBound + bar])
    }
    return ledger
  }

  private func compare(
    _ ledger: Ledger, _ record: LaneRecord, isExact: Bool, _ run: LaneRun, _ lane: Comment
  ) {
    var base = LaneSummary()
    base.bars = run.window.count
    let ours = ledger.finishedRecord(base)
    let theirs = record.summary
    let scale = isExact ? 0 : 1e-11
    func same(_ name: String, _ a: Double, _ b: Double, _ size: Double = 0) {
      let allowed = scale * max(size, a.magnitude, b.magnitude)
      #expect(a == b || (a - b).magnitude <= allowed, "\(name): \(a), \(b); \(lane)")
    }
    let money = record.equity.reduce(run.cash) { max($0, $1.magnitude) }
    // A lane that is ruined goes on as a shadow in the kernel.
    for (a, b) in zip(ours.equity, record.equity) { same("equity", a, b, money) }
    for (a, b) in zip(ours.cash, record.cash) { same("cash", a, b, money) }
    #expect(ours.units == record.units, lane)
    same("final", ours.summary.finalEquity, theirs.finalEquity, money)
    let path = Double(run.window.count)
    same("returns", ours.summary.sumReturns, theirs.sumReturns, path)
    same("squares", ours.summary.sumSquaredReturns, theirs.sumSquaredReturns, path)
    same("drawdown", ours.summary.maxDrawdown, theirs.maxDrawdown, 1)
    same("profit", ours.summary.grossProfit, theirs.grossProfit, money)
    same("loss", ours.summary.grossLoss, theirs.grossLoss, money)
    same("notional", ours.summary.tradedNotional, theirs.tradedNotional)
    same("fees", ours.summary.fees, theirs.fees)
    same("slippage", ours.summary.slippage, theirs.slippage, money)
    #expect(ours.summary.trades == theirs.trades, lane)
    #expect(ours.summary.openTrades == theirs.openTrades, lane)
    #expect(ours.summary.barsInPosition == theirs.barsInPosition, lane)
    #expect(ours.summary.staleMarks == theirs.staleMarks, lane)
    #expect(ours.summary.isRuined == theirs.isRuined, lane)
    #expect(ours.trades.map(\.entryBar) == record.trades.map(\.entryBar), lane)
    #expect(ours.trades.map(\.exitBar) == record.trades.map(\.exitBar), lane)
    for (a, b) in zip(ours.trades, record.trades) {
      same("entry price", a.entryPrice, b.entryPrice)
      same("exit price", a.exitPrice, b.exitPrice)
      same("units", a.units, b.units)
    }
    guard run.rules.keepsExtendedSums else { return }
    same("downside", ours.summary.sumSquaredDownside, theirs.sumSquaredDownside, path)
    same("depths", ours.summary.sumSquaredDrawdowns, theirs.sumSquaredDrawdowns, path)
    if isExact {
      #expect(ours.summary.longestDrawdownBars == theirs.longestDrawdownBars, lane)
    }
    if !theirs.isRuined { same("equities", ours.summary.sumEquity, theirs.sumEquity, money * path) }
  }

  /// The cost ladder of a lane of the kernel is what its fills say.
  @Test(arguments: batches(of: 50, in: 5600..<5750))
  func theLadderOfKernelLanesIsWhatTheirFillsSay(seeds: Range<Int>) throws {
    func metric(_ name: String, _ summary: LaneSummary) throws -> Double {
      try #require(MetricCatalog.metric(named: name)).value(of: summary).number
    }
    for seed in seeds {
      let scenario = Scenario(seed: seed, sets: 2)
      let run = scenario.run
      for lane in 0..<run.laneCount {
        let record = try replay(run, lane: lane)
        let summary = record.summary
        if summary.isRuined || summary.tradedNotional == 0 { continue }
        let bars = scenario.symbols[run.place(of: lane).symbol]
        let mark = run.window.last { !bars.close[$0].isNaN }.map { bars.close[$0] } ?? 0
        let worth = (record.units.last ?? 0) * mark
        let fills = record.fills.filter { $0.cause != .rejection }
        let gross = fills.reduce(worth) { $0 - $1.units * $1.price } / run.cash
        let slipped = fills.reduce(worth) { $0 - $1.units * $1.fillPrice } / run.cash
        let net = fills.reduce(slipped) { $0 - $1.commission / run.cash }
        let traded = fills.reduce(0) { $0 + $1.units.magnitude * $1.fillPrice } / run.cash
        let size = 1e-9 * max(1, traded)
        let lane: Comment = "seed \(seed), lane \(lane)"
        #expect((try metric("gross_return", summary) - gross).magnitude <= size, lane)
        #expect((try metric("return_after_slippage", summary) - slipped).magnitude <= size, lane)
        for name in ["return_after_commission", "return_after_borrow", "return_after_financing"] {
          #expect((try metric(name, summary) - net).magnitude <= size, lane)
        }
        let even = try metric("break_even_bps", summary)
        #expect((even - 1e4 * gross / traded).magnitude <= 1e4 * size / traded, lane)
        let cost = try metric("cost_bps", summary)
        #expect((cost - 1e4 * (gross - net) / traded).magnitude <= 1e4 * size / traded, lane)
      }
    }
  }

  /// What the rule book may spend and what the kernel spends are the same bits.
  @Test(arguments: batches(of: 50, in: 5300..<5500))
  func entriesAreSizedAlike(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = Scenario(seed: seed, sets: 2)
      let run = scenario.run
      var rules = ExecutionRules()
      rules.commission.rate = run.rules.commissionRate
      rules.commission.perUnit = run.rules.commissionPerUnit
      rules.commission.fixed = run.rules.commissionFixed
      rules.commission.minimum = run.rules.commissionMinimum
      rules.slippage.rate = run.rules.slippageRate
      for lane in 0..<run.laneCount {
        let fraction = run.strategy.terms(of: run.place(of: lane).set).fraction
        var cash = run.cash
        for fill in try replay(run, lane: lane).fills {
          if fill.cause == .entry {
            let ledger = Ledger(symbolCount: 1, cash: cash, rules: rules)
            let price = rules.slippage.fillPrice(units: fill.units, price: fill.price)
            #expect(price == fill.fillPrice)
            let units = ledger.affordable(price: price, budget: cash * fraction)
            let signed = fill.units > 0 ? units : -units
            #expect(ledger.fit(units: signed, price: price) == signed, "seed \(seed)")
            let isInvested =
              run.strategy.commitsAll && !run.strategy.entersShort && run.rules.paysInProportion
            let error = (signed - fill.units).magnitude
            #expect(error <= (isInvested ? 1e-12 * units : 0), "seed \(seed)")
            let paid = rules.commission.charge(units: fill.units, price: price)
            #expect((paid - fill.commission).magnitude <= 1e-12 * paid, "seed \(seed)")
          }
          cash = fill.cashAfter
        }
      }
    }
  }
}
