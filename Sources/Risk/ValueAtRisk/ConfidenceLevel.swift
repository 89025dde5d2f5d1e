/// A confidence level of VaR, exact to nine decimals.
///
/// In whole billionths, because (1 - 0.95)·n in floating point is above or below the whole number that it should be,
/// and a rank would be off by one.
public struct ConfidenceLevel: Sendable, Hashable, Comparable, CustomStringConvertible {
  private static let whole = 1_000_000_000

  /// The confidence in billionths.
  let billionths: Int

  /// A level between 0 and 1, for example 0.99.
  ///
  /// - Throws: `RiskError.setting` outside (0, 1), and for NaN.
  public init(_ confidence: Double) throws(RiskError) {
    guard confidence > 0, confidence < 1 else {
      throw .setting(
        name: "levels", found: "\(confidence)", expected: "a confidence above 0 and below 1")
    }
    let billionths = Int((confidence * Double(Self.whole)).rounded())
    guard billionths > 0, billionths < Self.whole else {
      throw .setting(
        name: "levels", found: "\(confidence)", expected: "a confidence of at most nine decimals")
    }
    self.billionths = billionths
  }

  /// The confidence as a fraction.
  public var confidence: Double { Double(billionths) / Double(Self.whole) }

  /// The probability of a loss beyond VaR, 1 minus the confidence.
  public var tail: Double { Double(Self.whole - billionths) / Double(Self.whole) }

  /// ⌈(1 - c)·n⌉: which of `count` returns, from below and from 1, is that of VaR.
  public func rank(of count: Int) -> Int {
    let (whole, part) = ((Self.whole - billionths) * count).quotientAndRemainder(
      dividingBy: Self.whole)
    return whole + (part > 0 ? 1 : 0)
  }

  /// (1 - c)·n, correctly rounded: how many returns the tail of `count` has.
  public func tailCount(of count: Int) -> Double {
    let (whole, part) = ((Self.whole - billionths) * count).quotientAndRemainder(
      dividingBy: Self.whole)
    return Double(whole) + Double(part) / Double(Self.whole)
  }

  /// The confidence in decimals, for example 0.975.
  public var description: String { "\(confidence)" }

  /// Whether a level is the lower one.
  public static func < (left: Self, right: Self) -> Bool { left.billionths < right.billionths }
}
