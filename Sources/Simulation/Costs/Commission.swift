/// What a broker charges for an order: max(minimum, rate · notional + perUnit · |q| + fixed).
///
/// With tiers the first term is Σ tierᵢ.rate · (part of the notional that lies in tier i), so that a larger order never costs
/// less. An order that fills in parts is charged as one order: each part pays what the whole costs so far less what was
/// paid before.
public struct Commission: Sendable, Equatable {
  /// The rate from a notional on.
  public struct Tier: Sendable, Equatable {
    /// Notional at which the tier begins, in account currency; the first begins at 0.
    public var from: Double
    /// Fraction of the notional in the tier.
    public var rate: Double

    /// A tier.
    public init(from: Double, rate: Double) {
      self.from = from
      self.rate = rate
    }
  }

  /// Fraction of notional; not used where there are tiers.
  public var rate = 0.0
  /// Money per unit.
  public var perUnit = 0.0
  /// Money per order.
  public var fixed = 0.0
  /// Least money per order.
  public var minimum = 0.0
  /// Rates by notional, ascending from 0; empty for one rate.
  public var tiers: [Tier] = []

  /// No commission.
  public init() {}
}
