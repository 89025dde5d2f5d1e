import Jobs
import Simulation
import Testing

/// The rules that vectorbt knows, as specs, against what vectorbt made of them.
@Suite struct VectorbtTests {
  static let breakout = """
    long_entry: "close > highest(lag(close, 1), 100)", long_exit: "close < lowest(lag(close, 1), 50)"
    """
  static let rises = "crosses_above(close, sma(close, 200))"
  static let falls = "crosses_below(close, sma(close, 200))"

  /// `strategy` and `execution` of each case.
  static let specs: [String: (strategy: String, execution: String)] = [
    "same_close": (
      breakout, "fill: 'same_close', commission: { bps: 10 }, slippage: { bps: 5 }"
    ),
    "half_of_cash": (
      "\(breakout), size: { fraction_of_equity: 0.5 }",
      "fill: 'same_close', commission: { bps: 20 }"
    ),
    "next_open": (breakout, "commission: { bps: 10, fixed: 2 }, slippage: { bps: 5 }"),
    "stop_and_target": (
      "long_entry: '\(rises)', stop_loss: 0.05, take_profit: 0.08",
      "fill: 'same_close', commission: { bps: 10 }"
    ),
    "trailing_stop": (
      "long_entry: 'close > highest(lag(close, 1), 100)', trailing_stop: 0.12",
      "fill: 'same_close', commission: { bps: 10 }"
    ),
    "short_stop_and_target": (
      "short_entry: '\(falls)', stop_loss: 0.04, take_profit: 0.06, size: { fraction_of_equity: 0.5 }",
      "fill: 'same_close', commission: { bps: 10 }"
    ),
    "stop_slips": (
      "\(breakout), stop_loss: 0.05",
      "fill: 'same_close', commission: { bps: 10 }, slippage: { bps: 20 }"
    ),
    "stop_on_entry_bar": (
      "\(breakout), stop_loss: 0.04, take_profit: 0.15", "commission: { bps: 10 }"
    ),
    "entry_on_stop_bar": (
      "long_entry: 'close < sma(close, 50) * 0.9', stop_loss: 0.05, take_profit: 0.05",
      "fill: 'same_close', commission: { bps: 10 }"
    ),
    "short_without_margin": ("short_entry: 'every(100000)'", "fill: 'same_close'"),
    "reversal": (
      "long_entry: '\(rises)', short_entry: '\(falls)', reverse: true, size: { notional: 40000 }",
      "fill: 'same_close', commission: { bps: 10 }"
    ),
  ]

  @Test(arguments: specs.keys.sorted())
  func vectorbt(name: String) throws {
    let spec = try #require(Self.specs[name])
    try PeerSpec(spec.strategy, spec.execution).check("vectorbt", name)
  }
}
