import Allocation
import Risk

/// How weights are sought for profiles.
public struct AdvicePolicy: Sendable {
  /// Name of a method of `AllocatorCatalog`.
  public var method = "target_risk"
  /// Its settings; the target of `target_risk` is the profile's unless it stands here.
  public var settings = AllocatorSettings()
  /// What returns are expected.
  public var beliefs: any ReturnBeliefs = ShrunkReturns()
  /// How covariances are estimated: by pairs, as symbols of a universe have unequal histories.
  public var covariance: any CovarianceEstimator = LedoitWolfCovariance(missing: .pairwise)
  /// Bars whose returns are looked at.
  public var lookback = 504
  /// Part of these bars at which a symbol must have a return to be advised.
  public var minHistory = 0.9
  /// Level for all portfolios in place of their profiles'; nil for theirs.
  public var riskLevel: Int?
  /// Level where neither a profile nor `riskLevel` says one, and the profile has no largest volatility.
  public var commonRiskLevel = 5
  /// Largest weight where a profile has none; nil for 0.2, or 2 / N if fewer than ten symbols may be held.
  public var maxWeight: Double?
  /// Most symbols of a portfolio; nil for any number.
  public var maxHoldings: Int?
  /// Weights smaller than this are left in cash.
  public var cut = 0.001
  /// Risk-free return a year, which cash earns.
  public var riskFree = 0.0
  /// Symbols that may be advised; nil for all.
  public var symbols: Set<String>?
  /// Scores of another model, whose weights are sought in place of `method`'s.
  public var scores: ScoreTable?

  /// The largest expected return at the profile's volatility.
  public init() {}

  /// Methods that leave money in cash by themselves where that is better.
  static let choosingCash: Set<String> = ["target_risk", "max_utility", "kelly"]
}

/// What another model thinks of symbols, for all clients or for one.
public struct ScoreTable: Sendable, Equatable {
  /// Scores by symbol, for clients without their own.
  public var common: [String: Double]
  /// Scores by symbol, by the client's id in the model's system.
  public var byClient: [String: [String: Double]]
  /// Scores below this count as none.
  public var least: Double

  /// Scores.
  public init(
    common: [String: Double] = [:], byClient: [String: [String: Double]] = [:], least: Double = 0
  ) {
    self.common = common
    self.byClient = byClient
    self.least = least
  }

  /// The table that a client's portfolios are advised by: its external id, or none for the common one.
  public func owner(externalID: String) -> String {
    byClient[externalID] == nil ? "" : externalID
  }

  /// The scores of an owner.
  public func scores(of owner: String) -> [String: Double] { byClient[owner] ?? common }
}
