/// What is asked of a VaR model.
public struct TailQuestion: Sendable, Equatable {
  /// Confidence levels, in any order.
  public var levels: [ConfidenceLevel]
  /// Bars ahead over which the loss is taken, 1 or more.
  public var horizon: Int

  /// A question.
  ///
  /// - Throws: `RiskError.setting` without a level, or for a horizon that isn't 1 to 10,000 bars.
  public init(levels: [ConfidenceLevel], horizon: Int = 1) throws(RiskError) {
    guard !levels.isEmpty else {
      throw .setting(name: "levels", found: "none", expected: "one confidence or more, as [0.99]")
    }
    guard (1...10_000).contains(horizon) else {
      throw .setting(name: "horizon", found: "\(horizon)", expected: "1 to 10000 bars")
    }
    self.levels = levels
    self.horizon = horizon
  }
}

/// VaR and expected shortfall at one level.
///
/// Losses are positive fractions; negative where even that outcome is a gain.
public struct TailForecast: Sendable {
  /// The loss that is not exceeded with the level's probability.
  public var valueAtRisk: Double
  /// The mean loss of the worst (1 - c) of outcomes; never below `valueAtRisk`.
  public var expectedShortfall: Double
  /// Standard error of `valueAtRisk` by simulation; NaN where nothing was simulated.
  public var valueAtRiskError = Double.nan
  /// Standard error of `expectedShortfall` by simulation; NaN where nothing was simulated.
  public var expectedShortfallError = Double.nan

  /// A forecast.
  public init(valueAtRisk: Double, expectedShortfall: Double) {
    self.valueAtRisk = valueAtRisk
    self.expectedShortfall = expectedShortfall
  }

  /// No forecast.
  static let none = TailForecast(valueAtRisk: .nan, expectedShortfall: .nan)

  /// A forecast of location and scale, from the standardised loss quantile and shortfall.
  init(mean: Double, scale: Double, quantile: Double, shortfall: Double) {
    self.init(
      valueAtRisk: -mean + scale * quantile, expectedShortfall: -mean + scale * shortfall)
  }
}
