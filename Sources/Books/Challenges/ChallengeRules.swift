import Kernels

/// What a challenge asks of every participant: capital, costs, limits.
public struct ChallengeRules: Sendable {
  /// Money that each participant begins with.
  public var capital: Double
  /// When an order without a price fills.
  public var fill: FillMoment
  /// What trading costs.
  public var costs: any ChallengeCosts
  /// What a participant must not do.
  public var limits: ChallengeLimits

  /// Rules.
  public init(
    capital: Double, fill: FillMoment = .nextOpen, costs: any ChallengeCosts = FreeTrading(),
    limits: ChallengeLimits = ChallengeLimits()
  ) {
    self.capital = capital
    self.fill = fill
    self.costs = costs
    self.limits = limits
  }
}

/// Bounds on accounts; a participant who breaks one is disqualified.
///
/// NaN and nil are no limit. Fractions are of equity.
public struct ChallengeLimits: Sendable, Equatable {
  /// Highest weight of a symbol after a purchase of it, or of a target.
  public var maxWeight = Double.nan
  /// Highest sum of positions, longs and shorts, after a trade or of a target; above 1 cash may be negative.
  public var maxLeverage = 1.0
  /// Whether units may be sold that are not held.
  public var allowsShort = false
  /// Most fills.
  public var maxTrades: Int?
  /// Fewest fills.
  public var minTrades: Int?
  /// Highest traded notional over mean equity, of the whole window.
  public var maxTurnover = Double.nan
  /// Fewest positions at the end of a bar, from the first that ends with one.
  public var minHoldings: Int?
  /// Most positions at the end of a bar.
  public var maxHoldings: Int?
  /// Deepest drawdown, as a positive fraction.
  public var maxDrawdown = Double.nan
  /// Whether a trade may name its price, which has to lie within its bar.
  public var takesPrices = true
  /// What units have to be multiples of; 0 for any.
  public var lot = 0.0
  /// Whether each symbol of the market may be traded; empty for all.
  public var isAllowed: [Bool] = []

  /// One account without leverage, without shorts.
  public init() {}

  /// Whether a symbol may be traded.
  func allows(_ column: Int) -> Bool { isAllowed.isEmpty || isAllowed[column] }
}

/// What fills and orders cost, and what money and shorts do in time.
public protocol ChallengeCosts: Sendable {
  /// The price after slippage of a fill that has no price of its own.
  func fillPrice(units: Double, price: Double, bar: Int, column: Int) -> Double
  /// What a broker charges for an order.
  func commission(units: Double, price: Double) -> Double
  /// Most units that a budget pays with what their purchase costs.
  func affordable(budget: Double, price: Double) -> Double
  /// What cash earns, or with a minus what a debt costs.
  func interest(cash: Double, elapsedNs: Int64) -> Double
  /// What a short of a value above 0 costs.
  func borrow(shortValue: Double, elapsedNs: Int64) -> Double
}

extension ChallengeCosts {
  /// Nothing.
  public func interest(cash: Double, elapsedNs: Int64) -> Double { 0 }
  /// Nothing.
  public func borrow(shortValue: Double, elapsedNs: Int64) -> Double { 0 }
}

/// No costs.
public struct FreeTrading: ChallengeCosts {
  /// No costs.
  public init() {}
  /// The price itself.
  public func fillPrice(units: Double, price: Double, bar: Int, column: Int) -> Double { price }
  /// Nothing.
  public func commission(units: Double, price: Double) -> Double { 0 }
  /// All that the budget is worth.
  public func affordable(budget: Double, price: Double) -> Double { max(0, budget / price) }
}
