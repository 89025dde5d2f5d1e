/// What risk levels from 1, cautious, to 10, bold, stand for.
public enum RiskScale {
  /// The levels.
  public static let levels = 1...10

  /// Annual volatility by level.
  public static let volatilities = [0.02, 0.04, 0.06, 0.08, 0.10, 0.125, 0.15, 0.18, 0.22, 0.30]

  /// What a tail may be heavier than a normal one of the same volatility.
  public static let tailAllowance = 1.5

  /// Largest annual volatility of a level.
  ///
  /// - Precondition: the level is one.
  public static func volatility(_ level: Int) -> Double { volatilities[level - levels.lowerBound] }

  /// Largest expected shortfall of a bar at 95 %, as a positive fraction of equity: that of a normal distribution with the level's
  /// volatility, times `tailAllowance`.
  public static func shortfall(_ level: Int, barsPerYear: Double) -> Double {
    // φ(1.6449) / 0.05: the mean of a standard normal beyond its 95 % quantile.
    tailAllowance * 2.0627128075074256 * volatility(level) / barsPerYear.squareRoot()
  }
}

/// How much a portfolio may risk; a figure is infinite where there is no limit.
public struct RiskLimits: Sendable, Hashable {
  /// Annual volatility.
  public var volatility = Double.infinity
  /// Historical VaR of a bar at 95 %.
  public var valueAtRisk = Double.infinity
  /// Historical expected shortfall of a bar at 95 %.
  public var shortfall = Double.infinity
  /// Drawdown over the bars that are looked at.
  public var drawdown = Double.infinity

  /// No limits.
  public init() {}
}
