import Kernels

/// Gaussian returns around the window's mean, with the variance of a GARCH(1,1).
///
/// Over h bars the variance is the sum of its h forecasts.
///
/// - Source: Bollerslev, J. Econometrics 31 (1986); fit as `GARCHFit`.
struct GARCHVaR: VaRModel {
  /// A model.
  init() {}

  var name: String { "garch" }
  var neededReturns: Int { GARCHFit.neededReturns }

  func fit(_ window: Span<Double>, _ question: TailQuestion, last: Fit?) throws(RiskError)
    -> GARCHFit
  {
    try GARCHFit(window, method: name)
  }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: GARCHFit)
    throws(RiskError) -> [TailForecast]
  {
    let horizon = question.horizon
    let variance = fit.recursion.sum(of: horizon, after: window, mean: fit.mean)
    guard variance > 0 else { throw noVariation() }
    return question.levels.map { level in
      TailForecast(
        mean: Double(horizon) * fit.mean, scale: variance.squareRoot(),
        quantile: level.normalQuantile, shortfall: level.normalShortfall)
    }
  }
}
