/// Annual rates that accrue by the length of bars: rate · amount · (time since the bar before) / year.
///
/// A year is 365.25 days.
public struct Financing: Sendable, Equatable {
  /// Paid on the notional of short positions at the last mark.
  public var borrowRate = 0.0
  /// Earned on cash above zero; the proceeds of shorts are collateral and earn it too.
  public var cashRate = 0.0
  /// Paid on cash below zero.
  public var marginRate = 0.0

  /// Free money.
  public init() {}
}
