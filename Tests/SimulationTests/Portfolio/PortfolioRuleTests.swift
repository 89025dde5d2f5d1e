import Market
import Metrics
import Simulation
import Testing

/// Rules of portfolios, each worked out by hand.
@Suite struct PortfolioRuleTests {
  /// A portfolio whose weights are given by bar; a bar without keeps those before.
  private func run(
    _ bars: [Bars], _ weights: [Int: [Double]], at decisions: Rebalance.Schedule = .bars(1),
    change: (inout PortfolioRun) -> Void = { _ in }
  ) -> PortfolioRun {
    var row = bars.map { _ in 0.0 }
    let rows = (0..<bars[0].count).map { bar in
      row = weights[bar] ?? row
      return row
    }
    var rebalance = Rebalance()
    rebalance.every = decisions
    var run = PortfolioRun(
      panel: makePanel(bars), symbols: Array(bars.indices),
      weights: TableWeights(rows: [rows], symbolCount: bars.count), rebalance: rebalance,
      rules: ExecutionRules(), cash: 1000, window: 0..<bars[0].count)
    change(&run)
    return run
  }

  private func replay(_ run: PortfolioRun) throws -> LaneRecord {
    try PortfolioEngine(run).replay(lane: 0)
  }

  private func fills(_ record: LaneRecord) -> [String] {
    record.fills.map { "\($0.bar) \($0.symbol) \($0.units) at \($0.price)" }
  }

  /// Half and half, decided at the close of bars 0 and 2, filled at the next open.
  ///
  /// 1,000 buys 50 of A at 10 and 25 of B at 20. A doubles: 1,000 + 500 are 1,500, of which each shall have 750: at 20 for
  /// A it is 37.5, so 12.5 are sold; B's 750 at 20 are 37.5.
  @Test func aRebalanceByHand() throws {
    let bars = [Bars.flat([10, 10, 20, 20, 30]), Bars.flat([20, 20, 20, 20, 20])]
    let record = try replay(run(bars, [0: [0.5, 0.5]], at: .bars(2)))
    #expect(
      fills(record) == [
        "1 0 50.0 at 10.0", "1 1 25.0 at 20.0", "3 0 -12.5 at 20.0", "3 1 12.5 at 20.0",
      ])
    #expect(record.equity == [1000, 1000, 1500, 1500, 1875])
    #expect(record.cash == [1000, 0, 0, 0, 0])
    #expect(record.summary.rebalances == 2 && record.summary.sumResidualCash == 0)
    #expect(record.orders.map(\.bar) == [0, 0, 2, 2, 4, 4])
    #expect(record.orders.map(\.kind).prefix(4) == [.enterLong, .enterLong, .exit, .enterLong])
    // What was decided at the last close waits.
    #expect(record.orders.map(\.status).suffix(2) == [.open, .open])
  }

  /// Costs are paid out of equity before it is divided: x = 1000 − 1 % · x.
  @Test func costsComeOutOfEquityFirst() throws {
    let bars = [Bars.flat([10, 10, 10])]
    var record = try replay(run(bars, [0: [1]], at: .bars(9)) { $0.rules.commission.rate = 0.01 })
    #expect(abs(record.equity[1] - 1000 / 1.01) < 1e-10 && record.cash[1] == 0)
    // By the order: 1 % of 1,000, whatever is then bought.
    record = try replay(
      run(bars, [0: [1]], at: .bars(9)) {
        $0.rules.commission.rate = 0.01
        $0.rebalance.costBasis = .orders
      })
    #expect(record.equity[1] == 990 && record.cash[1] == 0 && record.summary.fees == 10)
  }

  /// 1 a fill: 998 is left for two purchases of 499.
  @Test func fixedCostsComeOutOfEquityFirst() throws {
    let bars = [Bars.flat([10, 10]), Bars.flat([10, 10])]
    let record = try replay(run(bars, [0: [0.5, 0.5]]) { $0.rules.commission.fixed = 1 })
    #expect(record.fills.map(\.units) == [49.9, 49.9])
    #expect(abs(record.cash[1]) < 1e-10 && record.equity[1] == 998)
  }

  @Test func wholeSharesLeaveCash() throws {
    let bars = [Bars.flat([30, 30]), Bars.flat([70, 70])]
    let record = try replay(run(bars, [0: [0.5, 0.5]]) { $0.rules.lot = 1 })
    // 500 / 30 is 16 shares, 500 / 70 is 7: 480 and 490, 30 is left.
    #expect(record.fills.map(\.units) == [16, 7])
    #expect(record.cash[1] == 30 && record.summary.sumResidualCash == 0.03)
  }

  @Test func bandsAndExits() throws {
    let bars = [Bars.flat([10, 10, 10, 10]), Bars.flat([10, 10, 10, 10])]
    let record = try replay(
      run(bars, [0: [0.5, 0.04], 1: [0.54, 0.06], 2: [0.56, 0]]) { $0.rebalance.band = 0.05 })
    // 0.04 is within the band of 0 and isn't bought; 0.54 and then 0.56 are within and beyond that of 0.5. All of B is sold,
    // though its 0.06 are not far from 0, and before A is bought.
    #expect(
      fills(record) == [
        "1 0 50.0 at 10.0", "2 1 6.0 at 10.0", "3 1 -6.0 at 10.0", "3 0 6.0 at 10.0",
      ])
  }

  @Test func driftDecidesWhetherAnythingIsDone() throws {
    let bars = [Bars.flat([10, 10, 11, 13, 13]), Bars.flat([10, 10, 10, 10, 10])]
    let record = try replay(run(bars, [0: [0.5, 0.5]]) { $0.rebalance.drift = 0.06 })
    // A's weight is 0.524 after bar 2, and 0.565 after bar 3.
    #expect(record.summary.rebalances == 2 && record.fills.map(\.bar) == [1, 1, 4, 4])
  }

  @Test func aGradualMoveTakesEqualParts() throws {
    let bars = [Bars.flat([10, 10, 10, 10, 10])]
    let record = try replay(
      run(bars, [0: [0.9]], at: .bars(9)) { $0.rebalance.gradualBars = 3 })
    for (units, expected) in zip(record.units, [0.0, 30, 60, 90, 90]) {
      #expect(abs(units - expected) < 1e-10)
    }
    #expect(record.summary.rebalances == 1)
  }

  @Test func turnoverIsLimitedExactly() throws {
    let bars = [Bars.flat([10, 10, 10]), Bars.flat([20, 20, 20])]
    let record = try replay(
      run(bars, [0: [1, 0], 1: [0, 1]]) { $0.rebalance.maxTurnover = 0.5 })
    let traded = (1...2).map { bar in
      record.fills.filter { $0.bar == bar }.reduce(0) { $0 + $1.units.magnitude * $1.price }
    }
    // From 0.5 in A to all in B: 0.5 sold and 1 bought, a third of it each.
    #expect(traded.map { ($0 * 1e9).rounded() / 1e9 } == [500, 500])
  }

  /// A cost that is next to nothing takes another way to the equity after costs, and must come to the same.
  @Test func cappedTurnoverPaysForWhatIsTraded() throws {
    let bars = [Bars.flat([10, 10, 11, 12]), Bars.flat([20, 20, 21, 19])]
    let records = try [0, 1e-300].map { fixed in
      try replay(
        run(bars, [0: [0.6, 0.4], 1: [0.1, 0.9], 2: [0.5, 0.5]]) {
          $0.rebalance.maxTurnover = 0.2
          $0.rules.commission.rate = 0.002
          $0.rules.commission.fixed = fixed
        })
    }
    #expect(records[0].units == records[1].units && records[0].equity == records[1].equity)
  }

  /// More than all is all, without leverage; with leverage it is that much.
  @Test func weightsScaleToLeverage() throws {
    let bars = [Bars.flat([10, 10, 10]), Bars.flat([10, 10, 10])]
    var record = try replay(run(bars, [0: [1.5, 0.5]], at: .bars(9)))
    #expect(record.units.suffix(2) == [75, 25] && record.cash.last == 0)
    #expect(record.summary.scaledOrders == 2)
    record = try replay(run(bars, [0: [1.5, 0.5]], at: .bars(9)) { $0.rules.leverage = 2 })
    #expect(record.units.suffix(2) == [150, 50] && record.cash.last == -1000)
    #expect(record.summary.scaledOrders == 0)
    // A short takes half its value beside its proceeds: 1 + 0.5 · 1 is scaled to 1.
    record = try replay(run(bars, [0: [1, -1]], at: .bars(9)))
    #expect(abs(record.units[4] - 200 / 3) < 1e-9 && abs(record.units[5] + 200 / 3) < 1e-9)
  }

  /// Long and short mirror each other on a market that mirrors.
  @Test func shortsAreDefinedOnEquityAsLongsAre() throws {
    let up = try replay(run([Bars.flat([10, 10, 11, 11])], [0: [0.5]], at: .bars(9)))
    let down = try replay(run([Bars.flat([10, 10, 9, 9])], [0: [-0.5]], at: .bars(9)))
    #expect(up.equity == [1000, 1000, 1050, 1050] && down.equity == up.equity)
    let none = try replay(
      run([Bars.flat([10, 10])], [0: [-0.5]], at: .bars(9)) { $0.rules.allowsShort = false })
    #expect(none.fills.isEmpty && none.summary.rejectedOrders == 1)
    #expect(none.orders.first?.reason == "shorts are not allowed")
  }

  @Test func whatDoesNotTradeWaits() throws {
    var second = Bars.flat([10, 10, 20, 20])
    second.clear(1)
    let record = try replay(
      run([Bars.flat([10, 10, 10, 10]), second], [0: [0.5, 0.5]], at: .bars(9)))
    // B is bought a bar later, at its price of then, with a half of the equity.
    #expect(fills(record) == ["1 0 50.0 at 10.0", "2 1 25.0 at 20.0"])
    #expect(record.summary.rebalances == 1)
    second.clear(2)
    second.clear(3)
    let never = try replay(
      run([Bars.flat([10, 10, 10, 10]), second], [0: [0.5, 0.5]], at: .bars(2)))
    // B has ended, and was never held.
    #expect(never.fills.count == 1 && never.summary.delistings == 0)
  }

  @Test func aMissingWeightHoldsOrCloses() throws {
    let bars = [Bars.flat([10, 10, 10, 10])]
    let weights: [Int: [Double]] = [0: [0.5], 1: [.nan]]
    #expect(try replay(run(bars, weights)).units == [0, 50, 50, 50])
    #expect(
      try replay(run(bars, weights) { $0.rebalance.missing = .close }).units == [0, 50, 0, 0])
  }

  @Test func anEndedSymbolIsPaidOut() throws {
    var ended = Bars.flat([10, 10, 8, 8, 8])
    for bar in 3..<5 { ended.clear(bar) }
    let record = try replay(
      run([ended, Bars.flat([10, 10, 10, 10, 10])], [0: [0.5, 0.5]]) {
        $0.rules.delistingReturn = -0.5
        $0.rebalance.every = .bars(9)
      })
    // 50 shares are paid out at 4, the first bar without them.
    #expect(record.equity == [1000, 1000, 900, 700, 700])
    #expect(record.summary.delistings == 1 && record.summary.trades == 1)
    #expect(record.cash == [1000, 0, 0, 200, 200])
  }

  @Test func volumeLeavesTheRestForTheNextBar() throws {
    let bars = Bars.flat([10, 10, 10, 10])
    var panel = makePanel([bars])
    panel = PricePanel(
      name: "p", time: panel.time, symbols: panel.symbols, calendar: panel.calendar,
      frequencyNs: panel.frequencyNs, fields: ["open", "close", "volume"],
      lifetimes: panel.lifetimes, contentHash: "",
      storage: HeapPanelStorage(fields: [bars.open, bars.close, [100, 100, 300, 100]]))
    let record = try replay(
      run([bars], [0: [1]], at: .bars(9)) {
        $0.panel = panel
        $0.rules.maxVolumeShare = 0.25
      })
    #expect(record.fills.map(\.units) == [25, 75])
    #expect(record.summary.partialFills == 1)
  }

  @Test func smallOrdersAreRejectedAndExitsAreNot() throws {
    let bars = [Bars.flat([10, 10, 10, 10])]
    let record = try replay(
      run(bars, [0: [0.5], 1: [0.505], 2: [0]]) { $0.rules.minNotional = 20 })
    #expect(record.fills.map(\.units) == [50, -50])
    #expect(record.summary.rejectedOrders == 1)
    #expect(record.orders.first { $0.status == .rejected }?.reason == "below min_notional")
  }

  /// A leveraged long that falls is liquidated inside the bar, the largest loss first.
  @Test func leverageIsLiquidated() throws {
    let bars = [Bars.flat([10, 10, 5, 5]), Bars.flat([10, 10, 10, 10])]
    let record = try replay(
      run(bars, [0: [1.2, 0.6]], at: .bars(9)) {
        $0.rules.leverage = 2
        $0.rules.leverageMaintenance = 0.4
      })
    // 120 A and 60 B on 1,000: at 5 equity is 400 of 1,200; without A it is 400 of 600.
    #expect(record.fills.last.map { [$0.units, $0.price] } == [-120, 5])
    #expect(record.summary.liquidations == 1 && record.equity.last == 400)
  }

  @Test func flowsAreInvestedAtTheNextRebalance() throws {
    let bars = [Bars.flat([10, 10, 10, 10])]
    let record = try replay(
      run(bars, [0: [1]], at: .bars(2)) { $0.flows = [CashFlow(bar: 2, amount: 500)] })
    #expect(record.cash == [1000, 0, 500, 0] && record.units == [0, 100, 100, 150])
  }

  /// Warming accounts wait for their first bar, and then begin at once.
  @Test func weightsBeginWhenTheyAreWarm() throws {
    let bars = [Bars.flat([10, 10, 10, 10, 10, 10])]
    var run = run(bars, [0: [1]], at: .bars(4))
    run.weights = TableWeights(
      rows: [[[Double]](repeating: [1], count: 6)], symbolCount: 1, warmups: [2])
    #expect(try replay(run).fills.map(\.bar) == [3])
    run.rebalance.startsAtOnce = false
    #expect(try replay(run).fills.map(\.bar) == [5])
    #expect(try replay(run).summary.warmBars == 2)
  }
}
