import Kernels

/// Historical simulation of residuals in units of their volatility, scaled by that of the bars to come.
///
/// zₜ = (rₜ - μ) / √hₜ with h of a GARCH(1,1), or exponentially weighted with μ = 0. For one bar VaR is the order
/// statistic of μ + z·√h, as for `historical`. For more, residuals are drawn with replacement along 10,000 paths, each
/// of which moves its own variance, and returns are compounded; the standard errors are those of the draws.
///
/// - Source: Barone-Adesi, Giannopoulos and Vosper, J. Futures Markets 19 (1999); Hull and White, J. Risk 1 (1998).
struct FilteredHistoricalVaR: VaRModel {
  /// What the volatility comes from.
  enum Volatility: Sendable, Equatable {
    /// A GARCH(1,1), fitted.
    case garch
    /// Exponentially weighted with a decay.
    case ewma(Double)
  }

  /// What is kept between refits: the recursion and the mean around which it runs.
  struct Fit: Sendable {
    let recursion: VarianceRecursion
    let mean: Double
  }

  /// What the volatility comes from.
  let volatility: Volatility
  /// Key of the draws of horizons beyond one bar.
  let seed: UInt64
  /// Paths of horizons beyond one bar.
  let paths: Int

  /// A model.
  ///
  /// - Throws: `RiskError.setting` for a decay outside (0, 1) or fewer than 1,000 paths.
  init(volatility: Volatility = .garch, seed: UInt64 = 0, paths: Int = 10_000)
    throws(RiskError)
  {
    if case .ewma(let decay) = volatility { _ = try VarianceRecursion.checked(decay: decay) }
    self.volatility = volatility
    self.seed = seed
    self.paths = try MonteCarloVaR.checked(paths: paths)
  }

  var name: String {
    switch volatility {
    case .garch: "filtered_historical"
    case .ewma(let decay): "filtered_historical(ewma, \(decay))"
    }
  }
  var neededReturns: Int { GARCHFit.neededReturns }

  func fit(_ window: Span<Double>, _ question: TailQuestion, last: Fit?) throws(RiskError)
    -> Fit
  {
    switch volatility {
    case .garch:
      let garch = try GARCHFit(window, method: name)
      return Fit(recursion: garch.recursion, mean: garch.mean)
    case .ewma(let decay): return Fit(recursion: VarianceRecursion(decay: decay), mean: 0)
    }
  }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Fit)
    throws(RiskError) -> [TailForecast]
  {
    var variances = fit.recursion.variances(of: window, mean: fit.mean)
    let next = variances.removeLast()
    guard next > 0, variances.allSatisfy({ $0 > 0 }) else { throw noVariation() }
    let residuals = window.indices.map { (window[$0] - fit.mean) / variances[$0].squareRoot() }
    if question.horizon == 1 {
      let tail = SampleTail(residuals, levels: question.levels)
      let scale = next.squareRoot()
      return question.levels.map { level in
        let residual = tail.forecast(level)
        return TailForecast(
          mean: fit.mean, scale: scale, quantile: residual.valueAtRisk,
          shortfall: residual.expectedShortfall)
      }
    }
    let tail = SampleTail(
      simulated(residuals, fit, from: next, over: question.horizon), levels: question.levels)
    return question.levels.map(tail.simulated)
  }

  private func simulated(
    _ residuals: [Double], _ fit: Fit, from next: Double, over horizon: Int
  ) -> [Double] {
    let recursion = fit.recursion
    let stream = PhiloxStream(seed: seed, stream: 0)
    return (0..<paths).map { path in
      var (variance, growth) = (next, 1.0)
      for bar in 0..<horizon {
        // Two draws a block: a bar takes one half of it.
        let uniforms = stream.uniforms(step: UInt32(path), draw: UInt32(bar / 2))
        let index = Int(uniforms[bar & 1] * Double(residuals.count))
        let gap = residuals[index] * variance.squareRoot()
        growth *= 1 + fit.mean + gap
        variance =
          recursion.constant + recursion.reaction * (gap * gap) + recursion.persistence * variance
      }
      return growth - 1
    }
  }
}
