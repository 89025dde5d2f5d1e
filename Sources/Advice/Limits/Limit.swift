import Books

/// One rule that a portfolio has to keep: a figure and the most, or the least, that it may be.
public struct Limit: Sendable, Equatable {
  /// What is held to it.
  public enum Kind: String, Sendable, CaseIterable {
    /// Historical VaR of today's weights, as a positive fraction of equity.
    case valueAtRisk = "value_at_risk"
    /// Annual volatility of today's weights.
    case volatility
    /// Deepest drawdown of the portfolio's own history, as a positive fraction.
    case drawdown
    /// Weight of a symbol, by its size.
    case weight
    /// Sum of the weights of a sector, by its size.
    case sectorWeight = "sector_weight"
    /// Sum of the sizes of all weights.
    case leverage
    /// Part of equity in cash: the one that has a least.
    case cash
    /// Which symbols are held.
    case symbol
    /// Which sectors are held.
    case sector

    /// Whether past returns of what is held are needed.
    public var needsReturns: Bool { self == .valueAtRisk || self == .volatility }
    /// Whether it is told by names in place of a threshold.
    public var isList: Bool { self == .symbol || self == .sector }
  }

  /// Its name; those of profiles are `profile.` and the column of the limit.
  public var name: String
  /// What is held to it.
  public var kind: Kind
  /// The most that the figure may be, of cash the least; NaN for kinds that are lists.
  public var threshold: Double
  /// Confidence of VaR.
  public var level = 0.95
  /// Days, or longer bars, over which VaR is taken.
  public var horizon = 1
  /// Returns that VaR and volatility look back on, or bars of a drawdown; 0 for the whole history, of drawdowns alone.
  public var lookback: Int
  /// Symbols or sectors that the rule is of; of a list those that may be held; empty for all.
  public var names: [String] = []
  /// Symbols or sectors that may not be held, of a list.
  public var excluded: [String] = []
  /// Positions of portfolios that it binds; nil for all.
  public var portfolios: Set<Int>?

  /// Returns that VaR and volatility look back on unless told otherwise.
  public static let commonLookback = 252

  /// A rule for all portfolios.
  public init(_ name: String, _ kind: Kind, _ threshold: Double = .nan) {
    self.name = name
    self.kind = kind
    self.threshold = threshold
    lookback = kind == .drawdown ? 0 : Self.commonLookback
  }

  /// Whether a figure breaks the rule; the last digits of a sum are no breach.
  public func isBroken(by value: Double) -> Bool {
    let slack = 1e-9 * max(threshold.magnitude, 1e-3)
    return kind == .cash ? value < threshold - slack : value > threshold + slack
  }

  /// Whether a rule that is a list lets a name be held.
  func allows(_ name: String) -> Bool {
    !excluded.contains(name) && (names.isEmpty || names.contains(name))
  }
}

extension Profile {
  /// What a profile asks, as rules.
  ///
  /// Its leverage is one always: without any, positions are at most equity.
  public var limits: [Limit] {
    var limits: [Limit] = []
    func add(_ column: String, _ kind: Limit.Kind, _ threshold: Double) {
      if threshold >= 0 { limits.append(Limit("profile.\(column)", kind, threshold)) }
    }
    add("max_var", .valueAtRisk, maxVaR)
    add("max_volatility", .volatility, maxVolatility)
    add("max_drawdown", .drawdown, maxDrawdown)
    add("max_weight", .weight, maxWeight)
    add("max_sector_weight", .sectorWeight, maxSectorWeight)
    add("leverage", .leverage, leverage)
    add("min_cash", .cash, minCash)
    func list(_ column: String, _ kind: Limit.Kind, _ allowed: [String], _ excluded: [String]) {
      if allowed.isEmpty && excluded.isEmpty { return }
      var limit = Limit("profile.\(column)", kind)
      (limit.names, limit.excluded) = (allowed, excluded)
      limits.append(limit)
    }
    list("symbols", .symbol, allowedSymbols, excludedSymbols)
    list("sectors", .sector, allowedSectors, excludedSectors)
    return limits
  }
}
