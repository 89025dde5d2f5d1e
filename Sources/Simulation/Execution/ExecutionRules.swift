import Kernels

/// How orders become fills and what an account is charged: all that a spec's `execution` and `account` say.
///
/// The rule book (`AccountEngine`, `PanelEngine`) reads all of it. The vector kernel reads `LaneRules`, a part of it.
public struct ExecutionRules: Sendable, Equatable {
  // Fills.
  /// When market orders of bar t fill.
  public var fill = FillMoment.nextOpen
  /// The order of events inside a bar.
  public var intrabar = Intrabar.worst
  /// Whether a limit fills at a touch; otherwise the bar must trade through it.
  public var limitTouch = false
  /// Quantities are whole multiples of this; 0 for any quantity.
  public var lot = 0.0
  /// Prices of orders are whole multiples of this, rounded away from the market's side; 0 for any price.
  public var tick = 0.0
  /// Least |q| · price of an order that opens or adds, in account currency.
  public var minNotional = 0.0
  /// Most units of a fill, as a fraction of the bar's volume; infinity for no limit.
  public var maxVolumeShare = Double.infinity

  // Costs.
  /// What a broker charges.
  public var commission = Commission()
  /// By how much fills are worse than their prices.
  public var slippage = Slippage()
  /// Rates on cash, loans and borrowed shares.
  public var financing = Financing()

  // Margin.
  /// Most exposure over equity that buying may reach: a long needs 1/leverage of its value in equity; 1 never takes cash
  /// below zero.
  public var leverage = 1.0
  /// Whether positions may be short.
  public var allowsShort = true
  /// Collateral that opening a short needs, as a multiple of its value: 1.5 is 150 %.
  public var initialMargin = 1.5
  /// Collateral that keeping a short needs, at the adverse extreme of each bar.
  public var maintenanceMargin = 1.3
  /// Part of the value of longs that equity may not fall to where leverage is above 1, at the adverse extreme of each bar.
  public var leverageMaintenance = 0.25

  // Corporate actions and ends.
  /// Return of a position whose symbol ends, on its last close.
  public var delistingReturn = 0.0
  /// Whether dividends buy more of the same symbol, at the close of the ex-date.
  public var reinvestsDividends = false

  /// Free trading of any quantity at the next open.
  public init() {}
}
