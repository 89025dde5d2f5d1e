import Kernels

/// Factors at given bars, ready to be regressed on.
///
/// Factors are centred and scaled to unit length, so that neither their units nor their means cost digits; the intercept follows from
/// the means.
struct FactorDesign {
  private let factors: FactorTable
  private let bars: [Int]
  private let means: [Double]
  private let lengths: [Double]
  /// `[T, K]`, columns of mean 0 and length 1.
  private let scaled: Matrix
  /// (ZᵀZ)⁻¹ of the scaled columns: `[K, K]`.
  private let inverse: Matrix

  /// Fewest bars for K factors: one more than there are coefficients.
  static func least(_ factorCount: Int) -> Int { factorCount + 2 }

  init(_ factors: FactorTable, bars: [Int], name: String) throws(RiskError) {
    let width = factors.factorCount
    guard bars.count >= Self.least(width) else {
      throw .tooFewReturns(
        method: "a regression of \(name) on \(width) factors", found: bars.count,
        needed: Self.least(width))
    }
    var means = [Double](repeating: 0, count: width)
    var lengths = means
    var scaled = Matrix(rows: bars.count, columns: width)
    for factor in 0..<width {
      let values = bars.map { factors.values[$0, factor] }
      let mean = values.reduce(0, +) / Double(values.count)
      let length = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
      let largest = values.reduce(0) { max($0, abs($1)) }
      guard length > largest * 1e-12 else { throw .noVariation(symbol: factors.names[factor]) }
      for (row, value) in values.enumerated() { scaled[row, factor] = (value - mean) / length }
      means[factor] = mean
      lengths[factor] = length
    }
    self.factors = factors
    self.bars = bars
    self.means = means
    self.lengths = lengths
    self.scaled = scaled
    inverse = try Self.inverse(of: scaled, factors.names)
  }

  private static func inverse(of scaled: Matrix, _ names: [String]) throws(RiskError) -> Matrix {
    guard scaled.columns > 0 else { return Matrix(rows: 0, columns: 0) }
    let eigen = try RiskError.algebra { () throws(LinearAlgebraError) in
      try SymmetricEigen(try LinearAlgebra.gram(scaled))
    }
    // Coefficients would have no right digits left: the scaled columns have correlations for products.
    guard eigen.values[0] > 1e-12 else {
      let peak = (0..<names.count).max {
        abs(eigen.vectors[0, $0]) < abs(eigen.vectors[0, $1])
      }
      throw .outsideDomain(
        method: "a regression on \(names.joined(separator: ", "))",
        reason: "the factors depend on each other; leave out \(peak.map { names[$0] } ?? "one")")
    }
    return try RiskError.algebra { () throws(LinearAlgebraError) in
      try eigen.matrix(values: eigen.values.map { 1 / $0 })
    }
  }

  /// Regresses columns of returns that have values at all bars of the design.
  func fit(_ returns: Matrix, _ columns: [Int], _ errors: CoefficientErrors) -> [FactorRegression] {
    columns.map { column in
      let values = bars.map { returns[$0, column] - (factors.riskFree?[$0] ?? 0) }
      let average = values.reduce(0, +) / Double(values.count)
      var residuals = values.map { $0 - average }
      let total = LinearAlgebra.dot(residuals, residuals)
      var slopes = [Double](repeating: 0, count: means.count)
      // What the first pass leaves is solved for again: as many right digits as by orthogonal factors, and no series knows of others.
      for _ in 0..<3 { improve(&slopes, &residuals) }
      let betas = zip(slopes, lengths).map { $0 / $1 }
      let (deviations, lags) = deviations(residuals, errors)
      return FactorRegression(
        factors: factors.names,
        coefficients: [average - LinearAlgebra.dot(betas, means)] + betas,
        standardErrors: deviations, lags: lags, residuals: residuals, total: total)
    }
  }

  /// Takes from residuals what the scaled columns explain of them.
  private func improve(_ slopes: inout [Double], _ residuals: inout [Double]) {
    let width = slopes.count
    var right = [Double](repeating: 0, count: width)
    for row in residuals.indices {
      for factor in 0..<width {
        right[factor] += scaled.values[row * width + factor] * residuals[row]
      }
    }
    let step = (0..<width).map { LinearAlgebra.dot(inverse.row($0), right) }
    for factor in 0..<width { slopes[factor] += step[factor] }
    for row in residuals.indices {
      for factor in 0..<width {
        residuals[row] -= scaled.values[row * width + factor] * step[factor]
      }
    }
  }

  // MARK: Errors of the coefficients

  /// Standard errors of alpha and betas.
  private func deviations(_ residuals: [Double], _ errors: CoefficientErrors)
    -> (errors: [Double], lags: Int?)
  {
    let count = Double(residuals.count)
    switch errors {
    case .classical:
      let freedom = Double(residuals.count - means.count - 1)
      let variance = LinearAlgebra.dot(residuals, residuals) / freedom
      // Means and slopes of centred columns know nothing of each other.
      var middle = Matrix(rows: means.count + 1, columns: means.count + 1)
      middle[0, 0] = variance / count
      for row in means.indices {
        for column in means.indices {
          middle[row + 1, column + 1] = inverse[row, column] * variance
        }
      }
      return (unscaled(middle), nil)
    case .hac(let wanted):
      let lags = min(wanted ?? Self.lags(residuals.count), residuals.count - 1)
      return (unscaled(sandwich(residuals, lags)), lags)
    }
  }

  /// ⌊4 · (T / 100)^(2/9)⌋.
  static func lags(_ count: Int) -> Int {
    Int(4 * DeterministicMath.exp(DeterministicMath.log(Double(count) / 100) * 2 / 9))
  }

  /// Covariance of mean and slopes of the scaled columns: A⁻¹ S A⁻¹ of scores weighted by Bartlett's triangle.
  private func sandwich(_ residuals: [Double], _ lags: Int) -> Matrix {
    let width = means.count + 1
    // Scores times A⁻¹, so that only their sum of products is left to do.
    var scores = Matrix(rows: residuals.count, columns: width)
    for row in residuals.indices {
      scores[row, 0] = residuals[row] / Double(residuals.count)
      for factor in means.indices {
        var sum = 0.0
        for other in means.indices { sum += inverse[factor, other] * scaled[row, other] }
        scores[row, factor + 1] = sum * residuals[row]
      }
    }
    var result = Matrix(rows: width, columns: width)
    for lag in 0...lags {
      let weight = 1 - Double(lag) / Double(lags + 1)
      for a in 0..<width {
        for b in 0..<width {
          var sum = 0.0
          for row in lag..<residuals.count { sum += scores[row, a] * scores[row - lag, b] }
          result[a, b] += weight * sum
          if lag > 0 { result[b, a] += weight * sum }
        }
      }
    }
    return result
  }

  /// Standard errors of alpha and betas from the covariance of the mean and the slopes of scaled columns.
  private func unscaled(_ covariance: Matrix) -> [Double] {
    let width = means.count + 1
    var rows = Matrix(rows: width, columns: width)
    rows[0, 0] = 1
    for factor in means.indices {
      rows[factor + 1, factor + 1] = 1 / lengths[factor]
      rows[0, factor + 1] = -means[factor] / lengths[factor]
    }
    return (0..<width).map { row in
      var sum = 0.0
      for a in 0..<width {
        for b in 0..<width { sum += rows[row, a] * covariance[a, b] * rows[row, b] }
      }
      return max(sum, 0).squareRoot()
    }
  }
}
