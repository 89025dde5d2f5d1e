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

  /// What an order of some units costs that fills at once.
  ///
  /// 1,000 units at 20 with 10 bps and 0.005 a unit cost 20 + 5 = 25.
  ///
  /// - Parameters:
  ///   - units: signed or not.
  ///   - price: after slippage, in account currency.
  public func charge(units: Double, price: Double) -> Double {
    charge(units: units.magnitude, notional: units.magnitude * price)
  }

  /// What an order costs of which some units filled for some notional.
  @inline(__always)
  func charge(units: Double, notional: Double) -> Double {
    let proportional = proportion(of: notional) + units * perUnit + fixed
    return proportional < minimum ? minimum : proportional
  }

  @inline(__always)
  private func proportion(of notional: Double) -> Double {
    tiers.isEmpty ? notional * rate : tiered(notional)
  }

  private func tiered(_ notional: Double) -> Double {
    var sum = 0.0
    for (place, tier) in tiers.enumerated() where notional > tier.from {
      let end = place + 1 < tiers.count ? tiers[place + 1].from : .infinity
      sum += (min(notional, end) - tier.from) * tier.rate
    }
    return sum
  }

  /// Most units whose weighted notional and commission a budget pays.
  ///
  /// The largest q with weight · price · q + commission of q ≤ budget, where the commission is that of the whole order less
  /// what it paid before. In closed form; with tiers piece by piece. Zero if the budget does not even pay for the least.
  ///
  /// - Parameters:
  ///   - budget: money in account currency.
  ///   - price: after slippage, in account currency, above 0.
  ///   - weight: money to set aside for one of notional: 1 for a purchase, less on margin.
  ///   - order: what of the order was filled before.
  public func affordable(
    budget: Double, price: Double, weight: Double = 1, after order: OrderCharge = OrderCharge()
  ) -> Double {
    let budget = budget + order.paid
    let spent = order.units * perUnit + fixed
    var quantity = 0.0
    if tiers.isEmpty {
      let cost = price * (weight + rate) + perUnit
      let left = order.notional == 0 ? budget - spent : budget - spent - order.notional * rate
      quantity = left * (1 / cost)
    } else {
      quantity = affordableByTiers(
        budget: budget - spent, price: price, weight: weight, filled: order.notional)
    }
    if minimum > 0 {
      let proportional = charge(
        proportionalTo: order.units + quantity, order.notional + quantity * price)
      if proportional < minimum { quantity = (budget - minimum) / (price * weight) }
    }
    return quantity > 0 ? quantity : 0
  }

  private func charge(proportionalTo units: Double, _ notional: Double) -> Double {
    proportion(of: notional) + units * perUnit + fixed
  }

  /// The order's notional n solves weight · (n − filled) + tiers(n) + perUnit · (n − filled) / price = budget, which is
  /// linear between the tiers and grows with n.
  private func affordableByTiers(
    budget: Double, price: Double, weight: Double, filled: Double
  ) -> Double {
    let perNotional = weight + perUnit / price
    var before = 0.0
    for (place, tier) in tiers.enumerated() {
      let end = place + 1 < tiers.count ? tiers[place + 1].from : .infinity
      // In this tier: perNotional · (n − filled) + before + (n − from) · rate = budget.
      let notional =
        (budget + perNotional * filled - before + tier.from * tier.rate)
        / (perNotional + tier.rate)
      if notional <= end || end == .infinity { return (notional - filled) / price }
      before += (end - tier.from) * tier.rate
    }
    return 0
  }
}

/// What was filled and paid of one order so far, so that parts are charged as one order.
public struct OrderCharge: Sendable, Equatable {
  /// Units filled.
  public private(set) var units = 0.0
  /// Σ |q| · price after slippage, in account currency.
  public private(set) var notional = 0.0
  /// Commission paid.
  public private(set) var paid = 0.0

  /// An order that is yet to fill.
  public init() {}

  /// Adds a part.
  ///
  /// - Returns: what this part is charged; never below 0.
  public mutating func add(units more: Double, price: Double, _ commission: Commission) -> Double {
    units += more.magnitude
    notional += more.magnitude * price
    let due = max(0, commission.charge(units: units, notional: notional) - paid)
    paid += due
    return due
  }

  /// Rescales what was filled by a split.
  public mutating func rescale(_ scale: ActionScale) { units = scale.units(units) }
}
