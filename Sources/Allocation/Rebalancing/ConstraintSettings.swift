/// Constraints as they are stated, by the names of symbols; they become those of whatever symbols are at hand.
public struct ConstraintSettings: Sendable, Equatable {
  /// A limit of each weight, or of some symbols' weights apart.
  public struct Limit: Sendable, Equatable {
    /// For symbols that are not named.
    public var common: Double
    /// By symbol.
    public var named: [String: Double]

    /// A limit.
    public init(_ common: Double, named: [String: Double] = [:]) {
      self.common = common
      self.named = named
    }

    subscript(symbol: String) -> Double { named[symbol] ?? common }
  }

  /// A limit on the sum of some symbols' weights.
  public struct Group: Sendable, Equatable {
    /// Its name, for messages: `sector Energy`.
    public var name: String
    /// Its symbols.
    public var symbols: Set<String>
    /// Least sum; −∞ for none.
    public var least: Double
    /// Largest sum; ∞ for none.
    public var most: Double

    /// A group.
    public init(name: String, symbols: Set<String>, least: Double, most: Double) {
      self.name = name
      self.symbols = symbols
      self.least = least
      self.most = most
    }
  }

  /// Least weights; nil for 0, or with short positions for the negative of the largest.
  public var minWeight: Limit?
  /// Largest weights; nil for the budget, or the leverage if that is larger.
  public var maxWeight: Limit?
  /// Whether weights may be negative by themselves.
  public var allowsShort = false
  /// What weights add up to; nil leaves it free within the leverage.
  public var budget: Double? = 1
  /// Largest sum of absolute weights.
  public var leverage = Double.infinity
  /// Limits of groups.
  public var groups: [Group] = []
  /// Largest sum of absolute changes at a rebalance; the first one is free.
  public var maxTurnover = Double.infinity
  /// Penalty on the sum of squared weights.
  public var l2 = 0.0
  /// Most weights that are not 0.
  public var maxHoldings: Int?

  /// Long only, fully invested.
  public init() {}

  /// The constraints of some symbols; groups without any of them are left out.
  ///
  /// - Parameter held: weights held before, `[N]`; nil for none, and then turnover has no limit.
  public func constraints(_ symbols: [String], held: [Double]?) -> WeightConstraints {
    var result = WeightConstraints(count: symbols.count)
    let whole = max(1, abs(budget ?? 1), leverage.isFinite ? leverage : 1)
    for (index, symbol) in symbols.enumerated() {
      result.upper[index] = maxWeight?[symbol] ?? whole
      result.lower[index] = minWeight?[symbol] ?? (allowsShort ? -abs(result.upper[index]) : 0)
    }
    result.budget = budget
    result.leverage = leverage
    result.groups = groups.compactMap { group in
      let members = symbols.indices.filter { group.symbols.contains(symbols[$0]) }
      if members.isEmpty { return nil }
      return WeightConstraints.GroupLimit(
        name: group.name, members: members, least: group.least, most: group.most)
    }
    result.l2 = l2
    result.maxHoldings = maxHoldings
    if let held, maxTurnover < .infinity {
      result.held = held
      result.maxTurnover = maxTurnover
    }
    return result
  }
}
