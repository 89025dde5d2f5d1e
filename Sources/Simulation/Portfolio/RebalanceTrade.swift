/// One symbol's part of a rebalance.
struct RebalanceTrade {
  /// Position in the run.
  var symbol: Int
  /// Price before slippage, in the symbol's currency.
  var price: Double
  /// Account currency for one of the symbol's.
  var rate: Double
  /// Units held before.
  var held: Double
  /// Their value in account currency.
  var heldValue: Double
  /// Value over equity after costs that is wanted now.
  var weight: Double
  /// Whether the position shall be closed.
  var closes: Bool
  /// Units to trade, signed.
  var units = 0.0
  /// Units of the order before cash, margin or volume made it smaller.
  var wanted = 0.0
  /// Commission of the trade that equity before costs asks for, where that is what is paid; NaN elsewhere.
  var commission = Double.nan

  /// Value wanted less value held, for an equity after costs.
  @inline(__always)
  func distance(_ equity: Double) -> Double { weight * equity - heldValue }

  /// Units that reduce what is held, signed.
  var closing: Double {
    if held == 0 || (units < 0) == (held < 0) { return 0 }
    return units.magnitude <= held.magnitude ? units : -held
  }

  /// Units that open or add, signed.
  var opening: Double { units - closing }
}
