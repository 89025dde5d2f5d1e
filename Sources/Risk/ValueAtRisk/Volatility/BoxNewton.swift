/// A function of three parameters at a point, with its first and second derivatives.
struct Curvature {
  var value: Double
  var gradient: SIMD3<Double>
  /// Second derivatives in the order 11, 12, 13, 22, 23, 33.
  var second: (Double, Double, Double, Double, Double, Double)

  func second(_ row: Int, _ column: Int) -> Double {
    switch (min(row, column), max(row, column)) {
    case (0, 0): second.0
    case (0, 1): second.1
    case (0, 2): second.2
    case (1, 1): second.3
    case (1, 2): second.4
    default: second.5
    }
  }
}

/// Least value of a smooth function of three parameters between bounds: Newton steps, damped and projected.
///
/// Parameters at a bound that the gradient presses against are held. The damping grows until the matrix of second
/// derivatives is positive definite and the step lowers the value, so each step does.
///
/// - Source: Bertsekas, SIAM J. Control Optim. 20 (1982); Levenberg–Marquardt damping by the diagonal.
struct BoxNewton {
  let lower: SIMD3<Double>
  let upper: SIMD3<Double>
  /// The decrease, as foreseen by the quadratic model, at which the search ends.
  let tolerance: Double
  /// Evaluations after which the search gives up.
  let limit: Int

  struct Minimum {
    var point: SIMD3<Double>
    var value: Double
    var evaluations: Int
    var isConverged: Bool
  }

  func minimum(from start: SIMD3<Double>, _ function: (SIMD3<Double>) -> Curvature) -> Minimum {
    var point = start.clamped(lowerBound: lower, upperBound: upper)
    var here = function(point)
    var evaluations = 1
    var damping = 0.0
    while here.value.isFinite, evaluations < limit {
      let free = (0..<3).filter { index in
        let isAtLower = point[index] <= lower[index] && here.gradient[index] >= 0
        let isAtUpper = point[index] >= upper[index] && here.gradient[index] <= 0
        return !isAtLower && !isAtUpper
      }
      guard let step = Self.step(here, free, damping) else {
        damping = max(10 * damping, 1e-3)
        // Only an undefined second derivative comes here.
        if damping > 1e12 { break }
        continue
      }
      let next = (point + step).clamped(lowerBound: lower, upperBound: upper)
      let isCut = next != point + step
      let moved = next - point
      let foreseen = -(here.gradient * moved).sum()
      if foreseen <= tolerance {
        // A bound that the step ran into, or damping, makes it foresee little.
        if !isCut, damping <= 1e-3 {
          return Minimum(
            point: point, value: here.value, evaluations: evaluations, isConverged: true)
        }
        if isCut {
          damping = max(10 * damping, 1e-3)
          if damping > 1e12 { break }
          continue
        }
      }
      let there = function(next)
      evaluations += 1
      if there.value < here.value {
        point = next
        here = there
        damping = damping < 1e-6 ? 0 : damping / 10
      } else if foreseen <= max(tolerance, 1e-13 * abs(here.value)) {
        // Rounding of the value hides what is left.
        return Minimum(point: point, value: here.value, evaluations: evaluations, isConverged: true)
      } else {
        damping = max(10 * damping, 1e-3)
      }
    }
    return Minimum(point: point, value: here.value, evaluations: evaluations, isConverged: false)
  }

  /// The step of the free parameters, 0 for others; nil if the damped matrix isn't positive definite.
  private static func step(_ here: Curvature, _ free: [Int], _ damping: Double) -> SIMD3<Double>? {
    var step = SIMD3<Double>()
    let size = free.count
    var factor = [Double](repeating: 0, count: 9)
    for row in 0..<size {
      for column in 0...row {
        var sum = here.second(free[row], free[column])
        if row == column {
          // With a diagonal of 0 the gradient says how far a step may reach.
          sum += damping * max(abs(sum), abs(here.gradient[free[row]]), 1e-12)
        }
        for k in 0..<column { sum -= factor[row * 3 + k] * factor[column * 3 + k] }
        if row == column {
          guard sum > 1e-14 * abs(here.second(free[row], free[row])) else { return nil }
          factor[row * 3 + row] = sum.squareRoot()
        } else {
          factor[row * 3 + column] = sum / factor[column * 3 + column]
        }
      }
    }
    var right = free.map { -here.gradient[$0] }
    for row in 0..<size {
      for k in 0..<row { right[row] -= factor[row * 3 + k] * right[k] }
      right[row] /= factor[row * 3 + row]
    }
    for row in (0..<size).reversed() {
      for k in row + 1..<max(size, row + 1) { right[row] -= factor[k * 3 + row] * right[k] }
      right[row] /= factor[row * 3 + row]
    }
    for (index, parameter) in free.enumerated() { step[parameter] = right[index] }
    return step
  }
}
