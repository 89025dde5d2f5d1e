import Foundation
import Jobs
import Market
import Metrics
import Simulation
import Storage
import TestSupport
import Testing

/// Apple from 2013 to 2018 as it was quoted, with its split and its dividends in the ledger, against views without them.
@Suite struct RawPricesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Apple's dividends as declared, by ex-date, per share of then; the split of seven for one was on 2014-06-09.
  private static let dividends: [(String, Double)] = [
    ("2013-05-09", 3.05), ("2013-08-08", 3.05), ("2013-11-06", 3.05), ("2014-02-06", 3.05),
    ("2014-05-08", 3.29), ("2014-08-07", 0.47), ("2014-11-06", 0.47), ("2015-02-05", 0.47),
    ("2015-05-07", 0.52), ("2015-08-06", 0.52), ("2015-11-05", 0.52), ("2016-02-04", 0.52),
    ("2016-05-05", 0.57), ("2016-08-04", 0.57), ("2016-11-03", 0.57), ("2017-02-09", 0.57),
    ("2017-05-11", 0.63), ("2017-08-10", 0.63), ("2017-11-10", 0.63),
  ]

  private static func ns(_ date: String) throws -> Int64 {
    let parts = date.split(separator: "-").compactMap { Int($0) }
    let day = try #require(CivilDate(year: parts[0], month: parts[1], day: parts[2]))
    return day.daysSinceEpoch * Calendar.dayNs
  }

  private struct Views {
    var raw: PricePanel
    var splits: PricePanel
    var total: PricePanel
    var actions: CorporateActions
  }

  /// The sample data are in today's shares; before the split a share was seven of them.
  private static func views() throws -> Views {
    let folder = try ScratchFolder()
    let store = folder.path("p.h5")
    _ = try ImportJob(
      files: [root.appending(path: "datasets/us_equity_1d/prices.csv.gz").path], store: store
    ).run()
    let panel = try PriceStore.open(store).loadPanel("us_equity_1d")
    let apple = try #require(panel.symbols.index(of: "AAPL"))
    let split = try panel.time.firstBar(atOrAfter: ns("2014-06-09"))
    let fields = try ["open", "high", "low", "close"].map { name in
      let field = try #require(panel.fieldIndex(name))
      return (0..<panel.barCount).map { bar in
        panel.value(field: field, bar: bar, symbol: apple) * (bar < split ? 7 : 1)
      }
    }
    let symbols = SymbolTable([.init(symbol: "AAPL")])
    let raw = PricePanel(
      name: "raw", time: panel.time, symbols: symbols, calendar: panel.calendar,
      frequencyNs: panel.frequencyNs, fields: ["open", "high", "low", "close"],
      lifetimes: [0...panel.barCount - 1], contentHash: "",
      storage: HeapPanelStorage(fields: fields))
    let actions = try CorporateActions(
      dividends.map {
        CorporateAction(symbol: 0, timeNs: try ns($0.0), kind: .dividend, value: $0.1)
      } + [CorporateAction(symbol: 0, timeNs: try ns("2014-06-09"), kind: .split, value: 7)],
      symbolCount: 1)
    return Views(
      raw: raw, splits: try raw.adjusted(by: actions, symbols: symbols, to: .splits),
      total: try raw.adjusted(by: actions, symbols: symbols, to: .totalReturn), actions: actions)
  }

  /// Equity by bar of an account that moves to a target fraction of equity every so many bars, at the open.
  private func equity(
    _ panel: PricePanel, _ adjustment: Adjustment, _ actions: CorporateActions,
    every step: Int, _ targets: [Double]
  ) throws -> [Double] {
    var rules = ExecutionRules()
    rules.reinvestsDividends = true
    rules.commission.rate = 0.001
    var ledger = Ledger(
      symbolCount: 1, cash: 100_000, rules: rules,
      actions: LedgerActions(
        actions, symbols: panel.symbols, panel: panel, adjustment: adjustment, columns: [0],
        window: 0..<panel.barCount), keepsRecord: true)
    var identity = LedgerIdentity(ledger)
    let (open, close) = (
      try #require(panel.fieldIndex("open")), try #require(panel.fieldIndex("close"))
    )
    for bar in 0..<panel.barCount {
      ledger.beginBar(bar)
      let price = panel.value(field: open, bar: bar, symbol: 0)
      if bar % step == 0, !price.isNaN {
        let wanted = targets[bar / step % targets.count] * ledger.equity / price - ledger.units()
        let units = ledger.fit(units: wanted, price: price)
        if units != 0 {
          ledger.fill(
            units: units, price: price, fillPrice: price,
            commission: rules.commission.charge(units: units, price: price), cause: .rebalance,
            bar: bar)
        }
      }
      ledger.endBar(bar, close: panel.value(field: close, bar: bar, symbol: 0))
      try identity.check(ledger, bar: bar)
    }
    return ledger.record?.equity ?? []
  }

  /// A view of splits alone is the same as raw prices with splits in the ledger.
  @Test func splitsInTheLedgerEqualSplitsInThePrices() throws {
    let views = try Self.views()
    let raw = try equity(views.raw, .none, views.actions, every: 21, [1, 0.3, -0.5])
    let splits = try equity(views.splits, .splits, views.actions, every: 21, [1, 0.3, -0.5])
    for (a, b) in zip(raw, splits) { #expect((a - b).magnitude <= 1e-11 * b) }
  }

  /// Dividends reinvested at the close of their ex-dates, against total-return prices, which reinvest them at the close
  /// before less the dividend: the returns of the two differ by at most D/P times the price's return of that day each.
  @Test func rawWithActionsEqualsTotalReturnWithinTheBound() throws {
    let views = try Self.views()
    let raw = try equity(views.raw, .none, views.actions, every: 1 << 30, [1])
    let total = try equity(views.total, .totalReturn, views.actions, every: 1 << 30, [1])
    let close = try #require(views.raw.fieldIndex("close"))
    var bound = 0.0
    var yields = 0.0
    for action in views.actions.rows where action.kind == .dividend {
      let bar = views.raw.bar(of: action)
      let before = views.raw.value(field: close, bar: bar - 1, symbol: 0) - action.value
      let after = views.raw.value(field: close, bar: bar, symbol: 0)
      bound += (action.value / after - action.value / before).magnitude
      yields += action.value / after
    }
    let last = raw[raw.count - 1] / total[total.count - 1] - 1
    #expect(last.magnitude <= 1.05 * bound, "\(last) of \(bound)")
    // The bound is small against what it would be to forget the dividends.
    #expect(bound < 0.02 * yields, "\(bound) of \(yields)")
    let bare = try equity(views.splits, .totalReturn, views.actions, every: 1 << 30, [1])
    #expect(raw[raw.count - 1] / bare[bare.count - 1] - 1 > 0.9 * yields)
  }
}
