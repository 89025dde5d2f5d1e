import Kernels

/// Degrees of freedom of multivariate Student's t, of returns.
public enum StudentFreedom {
  /// Those of greatest likelihood for a given covariance and mean, from 2.1 to 200; bars that lack a return are left out.
  ///
  /// - Parameters:
  ///   - returns: `[T, N]`.
  ///   - lower: Cholesky's factor of their covariance.
  /// - Throws: `RiskError.tooFewReturns` below 20 bars.
  public static func fitted(_ returns: ReturnTable, mean: [Double], lower: Matrix)
    throws(RiskError) -> Double
  {
    let count = returns.symbolCount
    var distances: [Double] = []
    for bar in 0..<returns.barCount {
      var (solved, sum) = ([Double](repeating: 0, count: count), 0.0)
      for row in 0..<count {
        guard lower[row, row] > 0 else { continue }
        var value = returns.values[bar, row] - mean[row]
        for column in 0..<row { value -= lower[row, column] * solved[column] }
        solved[row] = value / lower[row, row]
        sum += solved[row] * solved[row]
      }
      if sum.isFinite { distances.append(sum) }
    }
    guard distances.count >= 20 else {
      throw .tooFewReturns(method: "student_t", found: distances.count, needed: 20)
    }
    let dimension = Double((0..<count).count { lower[$0, $0] > 0 })
    // The covariance is that of t, so its own scale is (ν − 2)/ν of it.
    func likelihood(_ inverse: Double) -> Double {
      let freedom = 1 / inverse
      let constant =
        Distribution.logGamma((freedom + dimension) / 2) - Distribution.logGamma(freedom / 2)
        - dimension / 2 * DeterministicMath.log(freedom - 2)
      return distances.reduce(0) {
        $0 + constant
          - (freedom + dimension) / 2 * DeterministicMath.log(1 + $1 / (freedom - 2))
      }
    }
    // Golden section over 1/ν, in which the likelihood has one peak.
    var (low, high) = (1 / 200.0, 1 / 2.1)
    let golden = (5.0.squareRoot() - 1) / 2
    var (a, b) = (high - golden * (high - low), low + golden * (high - low))
    var (left, right) = (likelihood(a), likelihood(b))
    for _ in 0..<60 {
      if left > right {
        (high, b, right) = (b, a, left)
        a = high - golden * (high - low)
        left = likelihood(a)
      } else {
        (low, a, left) = (a, b, right)
        b = low + golden * (high - low)
        right = likelihood(b)
      }
    }
    return 2 / (low + high)
  }
}
