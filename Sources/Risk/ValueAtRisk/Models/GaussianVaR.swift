import Kernels

/// Independent Gaussian returns with the mean and deviation of the window.
///
/// VaR = -h·μ + √h·σ·z, ES = -h·μ + √h·σ·φ(z) / (1 - c) with z the normal quantile of c; σ with ddof 1.
///
/// - Source: Jorion, *Value at Risk*, 3rd ed., ch. 5; McNeil, Frey and Embrechts, *Quantitative Risk Management*, 2.2.
struct GaussianVaR: VaRModel {
  /// A model.
  init() {}

  var name: String { "gaussian" }
  var neededReturns: Int { 2 }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Void)
    throws(RiskError) -> [TailForecast]
  {
    let moments = Moments(window)
    guard moments.deviation > 0 else { throw noVariation() }
    let horizon = Double(question.horizon)
    return question.levels.map { level in
      TailForecast(
        mean: horizon * moments.mean, scale: horizon.squareRoot() * moments.deviation,
        quantile: level.normalQuantile, shortfall: level.normalShortfall)
    }
  }
}

extension ConfidenceLevel {
  /// z: the loss that a standard normal number exceeds with the level's tail probability.
  var normalQuantile: Double { -DeterministicMath.normalQuantile(tail) }

  /// φ(z) / (1 - c): the mean of a standard normal loss beyond z.
  var normalShortfall: Double { Distribution.normalDensity(normalQuantile) / tail }
}
