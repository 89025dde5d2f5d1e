/// How a split rescales everything that counts shares or is money for one: the only place that knows.
///
/// Positions, average prices, open orders, triggers and past volumes all go through it.
public struct ActionScale: Sendable, Equatable {
  /// New shares for one old share, above zero.
  public var ratio: Double

  /// A split.
  public init(ratio: Double) { self.ratio = ratio }

  /// Shares, and volumes of bars before the split.
  @inlinable public func units(_ units: Double) -> Double { units * ratio }

  /// Money for a share: prices of orders, triggers, trails by an amount, average prices.
  ///
  /// NaN stays NaN, and infinity infinity.
  @inlinable public func price(_ price: Double) -> Double { price / ratio }

  /// Whole lots of what units become, towards zero, and the fraction that is left; any quantity goes if `lot` is 0.
  ///
  /// What lies within 1e-9 of a lot from a whole number of them is one.
  public func whole(_ old: Double, lot: Double) -> (units: Double, fraction: Double) {
    let scaled = units(old)
    if lot <= 0 { return (scaled, 0) }
    let lots = scaled / lot
    let nearest = lots.rounded()
    if (lots - nearest).magnitude <= 1e-9 * max(1, nearest.magnitude) { return (nearest * lot, 0) }
    let kept = lots.rounded(.towardZero) * lot
    return (kept, scaled - kept)
  }
}
