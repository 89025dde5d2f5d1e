import Kernels

/// Gaussian quantiles bent by the skewness S and excess kurtosis K of the window.
///
/// w(z) = z + (z² - 1)·S/6 + (z³ - 3z)·K/24 - (2z³ - 5z)·S²/36 at z = Φ⁻¹(1 - c); VaR = -h·μ - √h·σ·w. The shortfall
/// is the mean of w below z, in closed form. Over h bars S is divided by √h and K by h, as for sums of independent
/// returns. Refused where w doesn't rise with z: there it is no quantile function, and a higher level could give a
/// lower loss.
///
/// - Source: Maillard, *A user's guide to the Cornish Fisher expansion* (2012); moments over n as Boudt, Peterson and
///   Croux, J. Risk 11 (2008).
struct CornishFisherVaR: VaRModel {
  /// A model.
  init() {}

  var name: String { "cornish_fisher" }
  var neededReturns: Int { 4 }

  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Void)
    throws(RiskError) -> [TailForecast]
  {
    let moments = Moments(window)
    guard moments.deviation > 0 else { throw noVariation() }
    let horizon = Double(question.horizon)
    let skew = moments.skew / horizon.squareRoot()
    let excess = moments.excessKurtosis / horizon
    guard Self.isMonotone(skew: skew, excessKurtosis: excess) else {
      throw .outsideDomain(
        method: name,
        reason: """
          with skewness \(Self.short(skew)) and excess kurtosis \(Self.short(excess)) its quantiles don't rise with \
          the probability; use `student_t` or `filtered_historical`
          """)
    }
    return question.levels.map { level in
      TailForecast(
        mean: horizon * moments.mean, scale: horizon.squareRoot() * moments.deviation,
        quantile: -Self.quantile(-level.normalQuantile, skew, excess),
        shortfall: Self.shortfall(level, skew, excess))
    }
  }

  /// Whether w rises for all z within eight deviations; beyond them lie probabilities below 1e-15.
  static func isMonotone(skew: Double, excessKurtosis: Double) -> Bool {
    // Its derivative is a parabola: least at an end, or where it turns.
    let square = skew * skew
    let a = excessKurtosis / 8 - square / 6
    let b = skew / 3
    let c = 1 - excessKurtosis / 8 + 5 * square / 36
    var places = [-8.0, 8.0]
    if a > 0, abs(b) < 16 * a { places.append(-b / (2 * a)) }
    return places.allSatisfy { (a * $0 + b) * $0 + c >= 0 }
  }

  static func quantile(_ z: Double, _ skew: Double, _ excess: Double) -> Double {
    let square = z * z
    return z + (square - 1) * skew / 6 + (square - 3) * z * excess / 24
      - (2 * square - 5) * z * skew * skew / 36
  }

  // The integral of a Hermite polynomial times φ up to z is minus the polynomial before it times φ(z).
  private static func shortfall(_ level: ConfidenceLevel, _ skew: Double, _ excess: Double)
    -> Double
  {
    let z = -level.normalQuantile
    let square = z * z
    let factor =
      1 + z * skew / 6 + (square - 1) * excess / 24 - (2 * square - 1) * skew * skew / 36
    return level.normalShortfall * factor
  }

  private static func short(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
