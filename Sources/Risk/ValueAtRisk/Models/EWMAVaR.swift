import Kernels

/// Gaussian returns without mean, whose variance is exponentially weighted.
///
/// σ²ₜ₊₁ = λ·σ²ₜ + (1 - λ)·r²ₜ, started from the weighted mean square of the first 75 returns; over h bars h·σ².
///
/// - Source: *RiskMetrics technical document*, 4th ed. (1996), with λ = 0.94 for days; start as `arch`'s `EWMAVariance`.
struct EWMAVaR: VaRModel {
  /// The decay λ, above 0 and below 1.
  let decay: Double

  /// A model.
  ///
  /// - Throws: `RiskError.setting` for a decay outside (0, 1).
  init(decay: Double = 0.94) throws(RiskError) {
    self.decay = try VarianceRecursion.checked(decay: decay)
  }

  var name: String { "ewma(\(decay))" }
  var neededReturns: Int { 10 }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Void)
    throws(RiskError) -> [TailForecast]
  {
    let recursion = VarianceRecursion(decay: decay)
    let variance = recursion.next(after: window, mean: 0)
    guard variance > 0 else { throw noVariation() }
    let scale = (Double(question.horizon) * variance).squareRoot()
    return question.levels.map { level in
      TailForecast(
        mean: 0, scale: scale, quantile: level.normalQuantile, shortfall: level.normalShortfall)
    }
  }
}
