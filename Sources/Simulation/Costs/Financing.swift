/// Annual rates that accrue by the length of bars: rate · amount · (time since the bar before) / year.
///
/// A year is 365.25 days. Time is that of clocks, so a weekend accrues three days.
public struct Financing: Sendable, Equatable {
  /// Paid on the notional of short positions at the last mark.
  public var borrowRate = 0.0
  /// Earned on cash above zero; the proceeds of shorts are collateral and earn it too.
  public var cashRate = 0.0
  /// Paid on cash below zero.
  public var marginRate = 0.0

  /// Free money.
  public init() {}

  /// A year of 365.25 days in nanoseconds.
  public static let yearNs = 31_557_600_000_000_000.0

  /// Whether nothing is charged or earned.
  public var isFree: Bool { borrowRate == 0 && cashRate == 0 && marginRate == 0 }

  /// What short positions cost: 10,000 short at 3 % over a weekend of three days cost 10,000 · 0.03 · 3 / 365.25 = 2.464.
  ///
  /// - Parameter shortValue: their value, positive.
  public func borrow(shortValue: Double, elapsedNs: Int64) -> Double {
    shortValue * borrowRate * (Double(elapsedNs) / Self.yearNs)
  }

  /// What cash earns, or with a minus what a loan costs.
  public func interest(cash: Double, elapsedNs: Int64) -> Double {
    cash * (cash < 0 ? marginRate : cashRate) * (Double(elapsedNs) / Self.yearNs)
  }
}
