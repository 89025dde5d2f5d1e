import Kernels

/// Student's t with location and scale, by maximum likelihood.
public struct StudentFit: Sendable, Equatable {
  /// μ, the location.
  public let location: Double
  /// s, the scale: the deviation is s·√(ν / (ν - 2)).
  public let scale: Double
  /// ν, the degrees of freedom, 1.05 to 10,000.
  public let freedom: Double
  /// Logarithm of the likelihood.
  public let logLikelihood: Double

  /// Fits returns that are all finite.
  ///
  /// - Throws: `RiskError.outsideDomain` for returns that don't vary; `.notConverged`.
  public init(_ returns: Span<Double>, method: String = "student_t") throws(RiskError) {
    let moments = Moments(returns)
    guard moments.deviation > 0, moments.deviation.isFinite else {
      throw .outsideDomain(
        method: method,
        reason: "the returns of the window don't vary; take a longer window, or `historical`")
    }
    let values = returns.indices.map { (returns[$0] - moments.mean) / moments.deviation }
    let search = BoxNewton(
      lower: SIMD3(-10, -12, 1e-4), upper: SIMD3(10, 3, 1 / 1.05), tolerance: 1e-10, limit: 300)
    var best: BoxNewton.Minimum?
    var isConverged = false
    var steps = 0
    // Fat tails from the moments if they have any, and nearly Gaussian ones.
    let fat = 1 / (4 + 6 / max(moments.excessKurtosis, 0.6))
    for eta in [fat, 0.02] {
      let start = SIMD3(0, 0.5 * DeterministicMath.log(1 - 2 * eta), eta)
      let found = search.minimum(from: start) { Self.curvature(values, at: $0) }
      steps += found.evaluations
      isConverged = isConverged || found.isConverged
      if found.value.isFinite, found.value < best?.value ?? .infinity { best = found }
      if found.isConverged { break }
    }
    guard let best, isConverged else { throw .notConverged(method: method, steps: steps) }
    location = moments.mean + moments.deviation * best.point[0]
    scale = moments.deviation * DeterministicMath.exp(best.point[1])
    freedom = 1 / best.point[2]
    logLikelihood =
      -best.value - Double(returns.count) * DeterministicMath.log(moments.deviation)
  }

  init(location: Double, scale: Double, freedom: Double, logLikelihood: Double) {
    self.location = location
    self.scale = scale
    self.freedom = freedom
    self.logLikelihood = logLikelihood
  }

  /// Minus the logarithm of the likelihood at (μ, log s, 1 / ν), with its derivatives.
  static func curvature(_ values: [Double], at point: SIMD3<Double>) -> Curvature {
    let (location, eta) = (point[0], point[2])
    let inverse = DeterministicMath.exp(-point[1])
    let count = Double(values.count)
    var (g1, g2, g3) = (0.0, 0.0, 0.0)
    var (h11, h12, h13, h22, h23, h33) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var (product, logs) = (1.0, 0.0)
    for (index, value) in values.enumerated() {
      let d = (value - location) * inverse
      let square = d * d
      let q = 1 + eta * square
      let r = 1 / q
      let weight = (1 + eta) * r
      product *= q
      if index & 15 == 15 {
        logs += DeterministicMath.log(product)
        product = 1
      }
      g1 -= weight * d
      g2 -= weight * square
      g3 += square * r
      h11 += weight * (1 - eta * square) * r
      h12 += 2 * weight * r * d
      h22 += 2 * weight * r * square
      let bend = (1 - square) * r * r
      h13 -= bend * d
      h23 -= bend * square
      h33 += square * square * r * r
    }
    logs += DeterministicMath.log(product)
    let constant = TConstant(eta: eta)
    let half = 0.5 * (1 / eta + 1)
    let cube = 1 / (eta * eta)
    return Curvature(
      value: count * (point[1] - constant.value) + half * logs,
      gradient: SIMD3(
        g1 * inverse, count + g2, -count * constant.first - 0.5 * logs * cube + half * g3),
      second: (
        h11 * inverse * inverse, h12 * inverse, h13 * inverse, h22, h23,
        -count * constant.second + cube * (logs / eta - g3) - half * h33
      ))
  }

  /// log Γ((ν + 1) / 2) - log Γ(ν / 2) - log(νπ) / 2 by η = 1 / ν, with derivatives.
  ///
  /// For large ν by its series, since the difference of the gammas would leave few digits; else derivatives by ψ and ψ′.
  struct TConstant {
    let value: Double
    let first: Double
    let second: Double

    init(eta: Double) {
      if eta < 0.02 {
        let square = eta * eta
        // Bernoulli series: -η/4 + η³/24 - η⁵/20 + 17η⁷/112.
        value =
          -0.9189385332046727
          + eta * (-0.25 + square * (1.0 / 24 + square * (-0.05 + square * 17 / 112)))
        first = -0.25 + square * (0.125 + square * (-0.25 + square * 17 / 16))
        second = eta * (0.25 + square * (-1 + square * 51 / 8))
        return
      }
      let freedom = 1 / eta
      let (upper, lower) = ((freedom + 1) / 2, freedom / 2)
      value =
        Distribution.logGamma(upper) - Distribution.logGamma(lower)
        - 0.5 * DeterministicMath.log(freedom * 3.141592653589793)
      let slope = 0.5 * (Self.digamma(upper) - Self.digamma(lower) - eta)
      let bend = 0.25 * (Self.trigamma(upper) - Self.trigamma(lower)) + 0.5 * eta * eta
      first = -slope * freedom * freedom
      second =
        bend * freedom * freedom * freedom * freedom + 2 * slope * freedom * freedom * freedom
    }

    // Recurrence to 10, then the asymptotic series; to about 1e-14.
    static func digamma(_ x: Double) -> Double {
      var (x, sum) = (x, 0.0)
      while x < 10 {
        sum -= 1 / x
        x += 1
      }
      let z = 1 / (x * x)
      let series =
        z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z / 132))))
      return sum + DeterministicMath.log(x) - 0.5 / x - series
    }

    static func trigamma(_ x: Double) -> Double {
      var (x, sum) = (x, 0.0)
      while x < 10 {
        sum += 1 / (x * x)
        x += 1
      }
      let z = 1 / (x * x)
      let series =
        z * (1.0 / 6 - z * (1.0 / 30 - z * (1.0 / 42 - z * (1.0 / 30 - z * 5 / 66)))) / x
      return sum + 1 / x + 0.5 * z + series
    }
  }
}
