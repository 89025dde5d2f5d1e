/// When a portfolio is moved towards its target weights, and how far.
///
/// At the close of a bar that `every` names, weights are looked at; with `drift` they are acted on only if one of them is off by
/// more than that. Orders fill at the moment that the execution rules say, first those that sell, then those that buy.
public struct Rebalance: Sendable, Equatable {
  /// How often weights are looked at.
  public enum Schedule: Sendable, Equatable {
    /// Every n bars, counted from the first bar of the window.
    case bars(Int)
    /// A day on the wall of the panel's zone; a session, for daily bars.
    case day
    /// Monday to Sunday.
    case week
    /// A month.
    case month
    /// Three months, from January on.
    case quarter
    /// A year.
    case year
  }

  /// Which bar of a day, week, month, quarter or year.
  public enum Moment: String, Sendable, CaseIterable {
    /// The last, by the calendar's sessions; if it has no bar, the first of the next period.
    case end
    /// The first that has a bar.
    case start
  }

  /// What a symbol without a weight means.
  public enum Missing: String, Sendable, CaseIterable {
    /// Its position stays as it is.
    case hold
    /// Its position is closed.
    case close
  }

  /// What the cost of a rebalance is taken from.
  public enum CostBasis: String, Sendable, CaseIterable {
    /// The trades that are made: equity after costs V' solves V' = V − cost(w · V' − held).
    case trades
    /// The trades that would lead to the weights of equity before costs: V' = V − cost(w · V − held), and w · V' is held.
    ///
    /// For costs in proportion alone; it costs a little more than the trades that are made.
    case orders
  }

  /// How often weights are looked at.
  public var every = Schedule.bars(1)
  /// Which bar of a period.
  public var moment = Moment.end
  /// Whether the first bar of the window in which the weights are warm is looked at too.
  public var startsAtOnce = true
  /// Least difference between a weight and its target, in either direction, that is acted on; 0 for any.
  public var drift = 0.0
  /// Number of bars over which a portfolio is moved: at each a fraction 1/(bars left) of the way that is left.
  public var gradualBars = 1
  /// A symbol whose weight is at most this far from its target is not traded.
  public var band = 0.0
  /// Most value traded, buys and sells, over equity at each fill; all orders are scaled to it by one factor.
  public var maxTurnover = Double.infinity
  /// What a symbol without a weight means.
  public var missing = Missing.hold
  /// What the cost of a rebalance is taken from.
  public var costBasis = CostBasis.trades

  /// At every bar, all the way.
  public init() {}
}
