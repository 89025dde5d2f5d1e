import Apus
import Foundation

// A market from a seed, in a store of its own. `apus import` makes one of your prices.
let folder = FileManager.default.temporaryDirectory.appending(path: "apus-sma-cross")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let store = folder.appending(path: "prices.h5").path
var market = MarketOptions(bars: 2_520, symbols: 5)
market.seed = 7
try PriceStore.write([MarketGenerator.draft(market)], to: store, force: true)
let panel = try PriceStore.open(store).loadPanel("us_equity_1d")

// Next open unless told otherwise; costs on every fill.
var rules = ExecutionRules()
rules.commission.rate = 0.001
rules.slippage.rate = 0.0005

// The same rule as text, for the comparison: see the README for what specs can say.
let spec = try Spec(
  text: """
    {
      apus: 1,
      data: { store: "prices.h5" },
      strategy: {
        long_entry: "sma(close, 20) > sma(close, 100)",
        long_exit: "sma(close, 20) < sma(close, 100)",
        stop_loss: 0.08,
      },
      account: { cash: 100000 },
      execution: { commission: { bps: 10 }, slippage: { bps: 5 } },
    }
    """)
let plan = try RunPlan(spec: spec, storePath: store)
let expression = plan.simulator(variant: .best, workers: 1)

let shown = ["total_return", "sharpe", "max_drawdown"].compactMap(MetricCatalog.metric(named:))
print("symbol  trades  " + shown.map(\.name).joined(separator: "  "))
for symbol in 0..<panel.symbolCount {
  let run = AccountRun(
    panel: panel, symbols: [symbol], rules: rules, cash: 100_000, window: 0..<panel.barCount)
  let engine = StrategyEngine(
    run: run, strategy: SMACross(fast: 20, slow: 100, stopLoss: 0.08))
  let record = engine.record()

  let numbers = shown.map { metric in
    String(format: "%\(metric.name.count).4f", metric.value(of: record.summary).number)
  }
  let trades = String(format: "%6d", record.trades.count)
  print("\(panel.symbols[symbol].symbol)   \(trades)  " + numbers.joined(separator: "  "))
  check(record, against: try expression.replay(lane: symbol))
}
print("bar by bar the same as the expression of the same rule")

/// Ends the program unless two records tell the same fills and equity.
func check(_ ours: LaneRecord, against theirs: LaneRecord) {
  func isNear(_ a: Double, _ b: Double) -> Bool {
    (a - b).magnitude <= 1e-12 * max(a.magnitude, b.magnitude)
  }
  let sameFills =
    ours.fills.count == theirs.fills.count
    && zip(ours.fills, theirs.fills).allSatisfy {
      $0.bar == $1.bar && isNear($0.fillPrice, $1.fillPrice) && isNear($0.units, $1.units)
    }
  guard sameFills, zip(ours.equity, theirs.equity).allSatisfy(isNear) else {
    print("not the same as the expression: \(ours.fills.count) fills, \(theirs.fills.count) there")
    exit(1)
  }
}
