import Kernels
import Market
import Metrics
import Simulation
import Testing

/// Splits, dividends, delistings and lifetimes in the ledger.
@Suite struct ActionTests {
  private func ledger(
    _ events: [(Int, LedgerActions.Event)], cash: Double = 10_000,
    _ change: (inout ExecutionRules) -> Void = { _ in }
  ) -> Ledger {
    var rules = ExecutionRules()
    change(&rules)
    return Ledger(
      symbolCount: 1, cash: cash, rules: rules,
      actions: LedgerActions(events.map { .init(bar: $0.0, symbol: 0, event: $0.1) }),
      keepsRecord: true)
  }

  private func trade(_ ledger: inout Ledger, _ units: Double, _ price: Double, bar: Int) {
    ledger.fill(
      units: units, price: price, fillPrice: price, commission: 0, cause: .entry, bar: bar)
  }

  private static func split(_ ratio: Double) -> LedgerActions.Event {
    .split(ActionScale(ratio: ratio))
  }

  /// Everything that counts shares follows a split: units, average price, the open trade; equity doesn't move.
  @Test func aSplitRescalesThePositionAndItsTrade() {
    var ledger = ledger([(1, Self.split(7))])
    ledger.beginBar(0)
    trade(&ledger, 10, 700, bar: 0)
    ledger.endBar(0, close: 707)
    ledger.beginBar(1)
    #expect(ledger.units() == 70 && ledger.averagePrice() == 100 && ledger.mark() == 101)
    #expect(ledger.actionsOfBar.count == 1)
    #expect(ledger.currentEquity == 10_070)
    trade(&ledger, -70, 102, bar: 1)
    ledger.endBar(1, close: 102)
    ledger.beginBar(2)
    #expect(ledger.actionsOfBar.isEmpty)
    let trade = ledger.finishedRecord(LaneSummary()).trades[0]
    #expect(trade.units == 70 && trade.entryPrice == 100 && trade.exitPrice == 102)
    #expect(trade.profit == 140)
  }

  /// Prices, triggers, volumes: whoever keeps them rescales them by the same routine.
  @Test func oneRoutineRescalesWhatCountsShares() {
    let scale = ActionScale(ratio: 4)
    #expect(scale.units(25) == 100 && scale.price(200) == 50)
    #expect(scale.price(.nan).isNaN && scale.price(.infinity) == .infinity)
    #expect(ActionScale(ratio: 0.1).whole(105, lot: 1) == (10, 0.5))
    #expect(ActionScale(ratio: 0.1).whole(-105, lot: 1) == (-10, -0.5))
    #expect(ActionScale(ratio: 0.1).whole(30, lot: 1) == (3, 0))
    #expect(ActionScale(ratio: 1.5).whole(5, lot: 0) == (7.5, 0))
    #expect(ActionScale(ratio: 0.1).whole(7, lot: 1).units == 0)
    var order = OrderCharge()
    _ = order.add(units: 10, price: 100, Commission())
    order.rescale(scale)
    #expect(order.units == 40 && order.notional == 1000)
  }

  /// What a reverse split leaves of a lot is settled at the market, for a short as for a long: equity stays.
  @Test(arguments: [1.0, -1])
  func reverseSplitsPayCashInLieuAtTheMarket(side: Double) {
    var ledger = ledger([(1, Self.split(0.1))]) { $0.lot = 1 }
    ledger.beginBar(0)
    trade(&ledger, side * 105, 10, bar: 0)
    ledger.endBar(0, close: 12)
    let (equity, cash) = (ledger.equity, ledger.cash)
    ledger.beginBar(1)
    #expect(ledger.units() == side * 10)
    // Half a share at 120.
    #expect(ledger.cash == cash + side * 60)
    #expect(ledger.currentEquity == equity)
    ledger.endBar(1, close: 120)
    #expect(ledger.equity == equity)
    let fill = ledger.record?.fills.last
    #expect(fill?.cause == .cashInLieu && fill?.units == -side * 0.5 && fill?.commission == 0)
    #expect(ledger.summary.tradedNotional == 1050)
  }

  @Test func aReverseSplitOfAFewSharesClosesThePosition() {
    var ledger = ledger([(1, Self.split(0.01))]) { $0.lot = 1 }
    ledger.beginBar(0)
    trade(&ledger, 7, 10, bar: 0)
    ledger.endBar(0, close: 11)
    ledger.beginBar(1)
    #expect(ledger.held.isEmpty && ledger.cash == 10_007)
    ledger.endBar(1, close: 1100)
    #expect(ledger.finishedRecord(LaneSummary()).trades.map(\.cause) == [.cashInLieu])
  }

  /// A dividend on the ex-date: longs get it, shorts pay it, and it is part of the trade's profit.
  @Test(arguments: [1.0, -1])
  func dividendsCreditLongsAndDebitShorts(side: Double) {
    var ledger = ledger([(1, .dividend(2))])
    ledger.beginBar(0)
    trade(&ledger, side * 10, 100, bar: 0)
    ledger.endBar(0, close: 100)
    ledger.beginBar(1)
    ledger.endBar(1, close: 98)
    // The price falls by the dividend: nobody has won.
    #expect(ledger.equity == 10_000)
    #expect(ledger.summary.dividends == side * 20)
    ledger.beginBar(2)
    trade(&ledger, -side * 10, 98, bar: 2)
    ledger.endBar(2, close: 98)
    #expect(ledger.finishedRecord(LaneSummary()).trades.map(\.profit) == [0])
  }

  @Test func dividendsAreReinvestedAtTheCloseOfTheExDate() {
    var ledger = ledger([(1, .dividend(2)), (3, .dividend(3))]) { $0.reinvestsDividends = true }
    ledger.beginBar(0)
    trade(&ledger, 10, 100, bar: 0)
    ledger.endBar(0, close: 100)
    ledger.beginBar(1)
    ledger.endBar(1, close: 80)
    #expect(ledger.units() == 10.25 && ledger.cash == 9000)
    ledger.beginBar(2)
    ledger.endBar(2, close: 80)
    // Without a close it waits for the next.
    ledger.beginBar(3)
    ledger.endBar(3, close: .nan)
    #expect(ledger.cash == 9030.75)
    ledger.beginBar(4)
    ledger.endBar(4, close: 41)
    #expect(ledger.units() == 11 && ledger.cash == 9000)
    #expect(ledger.record?.fills.map(\.cause) == [.entry, .reinvestment, .reinvestment])
  }

  /// A position whose symbol ends is closed at its last mark times one plus the return, without costs.
  @Test(arguments: [(-0.3, -0.3), (nil, -0.5)])
  func delistingsCloseAtTheLastCloseAndTheReturn(given: Double?, applied: Double) {
    var ledger = ledger([(2, .end(given))]) { $0.delistingReturn = -0.5 }
    ledger.beginBar(0)
    trade(&ledger, 10, 100, bar: 0)
    ledger.endBar(0, close: 100)
    ledger.beginBar(1)
    ledger.endBar(1, close: 90)
    ledger.beginBar(2)
    #expect(ledger.hasEnded() && ledger.held.isEmpty)
    ledger.endBar(2, close: .nan)
    #expect(abs(ledger.equity - (9000 + 900 * (1 + applied))) < 1e-9)
    let record = ledger.finishedRecord(LaneSummary())
    #expect(record.trades.map(\.cause) == [.delisting])
    #expect(record.summary.delistings == 1 && record.summary.staleMarks == 0)
  }

  /// The same trades on a series and on the series as it was quoted before its splits: the same money.
  @Test(arguments: batches(of: 50, in: 7000..<7200))
  func splittingASeriesChangesNoProfit(seeds: Range<Int>) throws {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      let bars = Bars.random(80, Weather(), &random)
      // Powers of two give the same bits, others the same to rounding.
      let isExact = random.chance(0.5)
      let ratios: [Double] = isExact ? [2, 4, 0.5, 0.125] : [7, 3, 1.5, 0.1]
      let splits = (0..<3).map { _ in
        (bar: Int.random(in: 0..<80, using: &random), ratio: random.pick(ratios))
      }
      var rules = ExecutionRules()
      rules.commission.rate = random.pick([0, 0.002])
      rules.slippage.rate = random.pick([0, 0.001])
      rules.financing.borrowRate = 0.04
      let targets = (0..<80).map { _ in random.chance(0.4) ? random.uniform(-1.2, 1) : .nan }
      func equities(isRaw: Bool) -> [Double] {
        var ledger = Ledger(
          symbolCount: 1, cash: 1000, rules: rules,
          actions: isRaw
            ? LedgerActions(
              splits.map { .init(bar: $0.bar, symbol: 0, event: Self.split($0.ratio)) })
            : .none, keepsRecord: true)
        for bar in 0..<80 {
          let shares = splits.reduce(1.0) { $1.bar > bar ? $0 * $1.ratio : $0 }
          let unit = isRaw ? shares : 1
          ledger.beginBar(bar, elapsedNs: bar == 0 ? 0 : Calendar.dayNs)
          if !targets[bar].isNaN, !ledger.isRuined {
            let price = bars.open[bar] * unit
            let wanted = targets[bar] * ledger.equity / price - ledger.units()
            let fillPrice = rules.slippage.fillPrice(units: wanted, price: price)
            let units = ledger.fit(units: wanted, price: fillPrice)
            if units != 0 {
              ledger.fill(
                units: units, price: price, fillPrice: fillPrice,
                commission: rules.commission.charge(units: units, price: fillPrice),
                cause: .entry, bar: bar)
            }
          }
          ledger.endBar(bar, close: bars.close[bar] * unit)
        }
        return ledger.record?.equity ?? []
      }
      for (raw, adjusted) in zip(equities(isRaw: true), equities(isRaw: false)) {
        let error = (raw - adjusted).magnitude
        #expect(error <= (isExact ? 0 : 1e-10 * adjusted.magnitude), "seed \(seed)")
      }
    }
  }

  // From a store's table to the bars of a run.

  private static let day = Calendar.dayNs

  /// Ten weekdays from Thursday 1970-01-01 on; B ends after the sixth.
  private var panel: PricePanel {
    let days: [Int64] = [0, 1, 4, 5, 6, 7, 8, 11, 12, 13]
    return PricePanel(
      name: "p", time: TimeAxis(ns: days.map { $0 * Self.day }),
      symbols: SymbolTable([.init(symbol: "B"), .init(symbol: "A")]),
      calendar: Calendar(.usEquity), frequencyNs: Self.day, fields: ["close"],
      lifetimes: [0...5, 0...9], contentHash: "",
      storage: HeapPanelStorage(fields: [Array(repeating: 100, count: 20)]))
  }

  private func rows(
    _ actions: [(String, Int64, CorporateAction.Kind, Double)], _ adjustment: Adjustment = .none,
    window: Range<Int> = 0..<10
  ) throws -> [LedgerActions.Row] {
    let symbols = SymbolTable([.init(symbol: "A"), .init(symbol: "B"), .init(symbol: "X")])
    let table = try CorporateActions(
      actions.map {
        CorporateAction(
          symbol: symbols.index(of: $0.0) ?? -1, timeNs: $0.1 * Self.day, kind: $0.2, value: $0.3)
      }, symbolCount: 3)
    return LedgerActions(
      table, symbols: symbols, panel: panel, adjustment: adjustment, columns: [1, 0],
      window: window
    ).rows
  }

  /// An action on a day without a bar holds from the next bar.
  @Test func actionsOfWeekendsApplyAtTheNextBar() throws {
    let rows = try rows([("A", 2, .split, 2), ("A", 5, .dividend, 1), ("X", 5, .split, 3)])
    #expect(
      rows == [
        .init(bar: 2, symbol: 0, event: Self.split(2)),
        .init(bar: 3, symbol: 0, event: .dividend(1)),
        // B's prices end, and nothing is known of why.
        .init(bar: 6, symbol: 1, event: .end(nil)),
      ])
  }

  /// Bars count from the window's first, and what came before it is past.
  @Test func actionsBeforeTheWindowArePast() throws {
    let rows = try rows(
      [("A", 4, .split, 2), ("A", 6, .split, 3), ("B", 7, .delist, -0.4)], window: 3..<8)
    #expect(
      rows == [
        .init(bar: 1, symbol: 0, event: Self.split(3)),
        .init(bar: 3, symbol: 1, event: .end(-0.4)),
      ])
  }

  /// On a day of both, a dividend is paid on the shares of before the split; in split-adjusted prices it is in the shares of the
  /// last bar; in total-return prices it has been paid.
  @Test func whatPricesAreAdjustedForIsNotAppliedAgain() throws {
    let table: [(String, Int64, CorporateAction.Kind, Double)] = [
      ("A", 4, .dividend, 12), ("A", 6, .split, 2), ("A", 6, .dividend, 6), ("A", 12, .split, 3),
      ("A", 13, .dividend, 1), ("A", 1, .rename, 2),
    ]
    let raw = try rows(table).filter { $0.symbol == 0 }
    #expect(
      raw.map(\.event) == [
        .dividend(12), .dividend(6), Self.split(2), Self.split(3), .dividend(1),
      ])
    let splits = try rows(table, .splits).filter { $0.symbol == 0 }
    #expect(splits.map(\.event) == [.dividend(2), .dividend(1), .dividend(1)])
    #expect(try rows(table, .totalReturn).filter { $0.symbol == 0 }.isEmpty)
  }
}
