import Kernels

/// GARCH(1,1) by maximum likelihood: h = ω + α·e² + β·h with Gaussian e = r - μ.
///
/// μ is the window's mean. ω lies in 1e-8 to 10 times the mean square, α and β are not negative, α + β is below
/// 1 - 1e-8. The variance before the first bar is the backcast of `VarianceRecursion`.
///
/// - Source: Bollerslev, J. Econometrics 31 (1986); likelihood, bounds and backcast as `arch`'s `GARCH(1, 0, 1)` with
///   `mean="Zero"` on the returns minus their mean.
public struct GARCHFit: Sendable, Equatable {
  /// The fewest returns: with fewer, three parameters say nothing.
  public static let neededReturns = 50

  /// μ, the mean of the window.
  public let mean: Double
  /// ω, α and β.
  public let recursion: VarianceRecursion
  /// Logarithm of the likelihood of the window's returns.
  public let logLikelihood: Double
  /// Evaluations of the likelihood with its derivatives.
  public let evaluations: Int

  /// Fits simple returns, oldest first, all finite.
  ///
  /// - Throws: `RiskError.tooFewReturns`; `.outsideDomain` for returns that don't vary; `.notConverged`.
  /// - Complexity: some 10 passes over the window for each of two starts, after one pass for 16 candidates.
  public init(_ returns: Span<Double>, method: String = "garch") throws(RiskError) {
    guard returns.count >= Self.neededReturns else {
      throw .tooFewReturns(method: method, found: returns.count, needed: Self.neededReturns)
    }
    let moments = Moments(returns)
    mean = moments.mean
    let count = Double(returns.count)
    let scale = moments.deviation * moments.deviation * (count - 1) / count
    guard scale > 0, scale.isFinite else {
      throw .outsideDomain(
        method: method,
        reason: "the returns of the window don't vary; take a longer window, or `historical`")
    }
    // In units of the mean square every series looks alike, and so do the bounds.
    let likelihood = GARCHLikelihood(
      squares: returns.indices.map { index in
        let gap = returns[index] - moments.mean
        return gap * gap / scale
      }, start: VarianceRecursion.backcast(returns, mean: moments.mean) / scale)
    let search = BoxNewton(
      lower: SIMD3(1e-8, 0, 0), upper: SIMD3(10, 1 - 1e-8, 1), tolerance: 1e-9, limit: 300)
    var best: BoxNewton.Minimum?
    var passes = 0
    var isConverged = false
    for start in likelihood.starts() {
      let found = search.minimum(from: start) { likelihood.curvature(at: $0) }
      passes += found.evaluations
      isConverged = isConverged || found.isConverged
      if found.value.isFinite, found.value < best?.value ?? .infinity { best = found }
    }
    guard let best, isConverged else {
      throw .notConverged(method: method, steps: passes)
    }
    recursion = VarianceRecursion(
      constant: best.point[0] * scale, reaction: best.point[1] * best.point[2],
      persistence: best.point[1] * (1 - best.point[2]))
    logLikelihood =
      -best.value - 0.5 * count * (1.8378770664093453 + DeterministicMath.log(scale))
    evaluations = passes
  }
}

/// Half of Σ (log h + e² / h) for squares in units of their mean.
///
/// Parameters are ω, p = α + β and s = α / p: stationarity is a bound of its own.
struct GARCHLikelihood {
  /// e², oldest first.
  let squares: [Double]
  /// e² and h before the first bar.
  let start: Double

  /// The two best of 16 candidates, of different persistence.
  func starts() -> [SIMD3<Double>] {
    let reactions = SIMD8<Double>(0.02, 0.05, 0.1, 0.2, 0.02, 0.05, 0.1, 0.2)
    let low = SIMD8<Double>(0.5, 0.5, 0.5, 0.5, 0.8, 0.8, 0.8, 0.8)
    let high = SIMD8<Double>(0.94, 0.94, 0.94, 0.94, 0.99, 0.99, 0.99, 0.99)
    var candidates: [(value: Double, persistence: Double, reaction: Double)] = []
    for persistence in [low, high] {
      let found = values(constant: 1 - persistence, reaction: reactions, persistence - reactions)
      for lane in 0..<8 where found[lane].isFinite {
        candidates.append((found[lane], persistence[lane], reactions[lane]))
      }
    }
    candidates.sort { $0.value < $1.value }
    guard let first = candidates.first else { return [] }
    let second = candidates.first { $0.persistence != first.persistence }
    return [first, second].compactMap { $0 }.map {
      SIMD3(1 - $0.persistence, $0.persistence, $0.reaction / $0.persistence)
    }
  }

  private func values(
    constant: SIMD8<Double>, reaction: SIMD8<Double>, _ persistence: SIMD8<Double>
  ) -> SIMD8<Double> {
    var variance = constant + (reaction + persistence) * start
    var (product, logs, ratios) = (SIMD8<Double>(repeating: 1), SIMD8<Double>(), SIMD8<Double>())
    for (bar, square) in squares.enumerated() {
      product *= variance
      ratios += SIMD8(repeating: square) / variance
      // Sixteen factors between 1e-8 and the number of bars stay in range.
      if bar & 15 == 15 {
        for lane in 0..<8 { logs[lane] += DeterministicMath.log(product[lane]) }
        product = SIMD8(repeating: 1)
      }
      variance = constant + reaction * square + persistence * variance
    }
    for lane in 0..<8 { logs[lane] += DeterministicMath.log(product[lane]) }
    return 0.5 * (logs + ratios)
  }

  /// The value with first and second derivatives, in one pass.
  func curvature(at point: SIMD3<Double>) -> Curvature {
    let (constant, sum, share) = (point[0], point[1], point[2])
    let (alpha, beta) = (sum * share, sum * (1 - share))
    let rest = 1 - share
    var h = constant + sum * start
    // Derivatives of h by ω, p and s; second ones by ωp, ωs, pp, ps and ss. That by ωω is 0.
    var (d1, d2, d3) = (1.0, start, 0.0)
    var (d12, d13, d22, d23, d33) = (1.0 - 1, 0.0, 0.0, 0.0, 0.0)
    var (g1, g2, g3) = (0.0, 0.0, 0.0)
    var (h11, h12, h13, h22, h23, h33) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var (product, logs, ratios) = (1.0, 0.0, 0.0)
    squares.withUnsafeBufferPointer { squares in
      for bar in 0..<squares.count {
        let square = squares[bar]
        let inverse = 1 / h
        let ratio = square * inverse
        product *= h
        ratios += ratio
        if bar & 15 == 15 {
          logs += DeterministicMath.log(product)
          product = 1
        }
        let a = 0.5 * inverse * (1 - ratio)
        let b = 0.5 * inverse * inverse * (2 * ratio - 1)
        let (b1, b2, b3) = (b * d1, b * d2, b * d3)
        g1 += a * d1
        g2 += a * d2
        g3 += a * d3
        h11 += b1 * d1
        h12 += a * d12 + b1 * d2
        h13 += a * d13 + b1 * d3
        h22 += a * d22 + b2 * d2
        h23 += a * d23 + b2 * d3
        h33 += a * d33 + b3 * d3
        // Of the next bar; each from those of this one.
        let gap = square - h
        d12 = rest * d1 + beta * d12
        d13 = beta * d13 - sum * d1
        d22 = 2 * rest * d2 + beta * d22
        d23 = gap + rest * d3 - sum * d2 + beta * d23
        d33 = beta * d33 - 2 * sum * d3
        d1 = 1 + beta * d1
        d2 = share * square + rest * h + beta * d2
        d3 = sum * gap + beta * d3
        h = constant + alpha * square + beta * h
      }
    }
    logs += DeterministicMath.log(product)
    return Curvature(
      value: 0.5 * (logs + ratios), gradient: SIMD3(g1, g2, g3),
      second: (h11, h12, h13, h22, h23, h33))
  }
}
