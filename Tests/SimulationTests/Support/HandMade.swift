import Kernels
import Market
import Simulation

/// A lane small enough to work out by hand.
struct HandMade {
  var bars: Bars
  var signals: [Signals]
  var terms = LaneTerms()
  var rules = LaneRules()
  var cash = 1000.0

  /// Rows of open, high, low, close, and the signals at each bar.
  init(_ rows: [[Double]], _ signals: [Int: Signals]) {
    bars = Bars(rows)
    self.signals = rows.indices.map { signals[$0] ?? [] }
  }

  var run: LaneRun {
    var rules = rules
    rules.keepsExtendedSums = true
    return LaneRun(
      panel: makePanel([bars]), symbols: [0], strategy: TestStrategy(signals, terms: terms),
      rules: rules, cash: cash, window: 0..<bars.count)
  }

  func record() throws -> LaneRecord { try replay(run) }

  /// Fills as text: bar, cause, price, and the price after slippage if it differs.
  func fills() throws -> [String] {
    try record().fills.map { fill in
      let slipped = fill.fillPrice == fill.price ? "" : " → \(fill.fillPrice)"
      return "\(fill.bar) \(fill.cause) \(fill.price)\(slipped)"
    }
  }

  /// Orders as text: bar, kind, status, and the bar at which they were settled.
  func orders() throws -> [String] {
    try record().orders.map { order in
      "\(order.bar) \(order.kind.rawValue) \(order.status.rawValue)"
        + (order.settledBar.map { " \($0)" } ?? "")
    }
  }
}

/// A bar without prices.
let hole = [Double](repeating: .nan, count: 4)
