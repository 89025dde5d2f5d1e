import Kernels

/// Makes a covariance matrix positive definite where it is not, and tells how far it was from that.
public enum PSDRepair {
  /// Least eigenvalue over the largest that a correlation matrix keeps: a Cholesky factor exists, and rounding stays far below.
  public static let floor = 1e-10

  /// Raises eigenvalues of the correlation matrix that are too low, keeps the variances, and fills in the condition number.
  ///
  /// Eigenvalues below `floor` times the largest are set to that, and the matrix is scaled so that its diagonal is what it was. That
  /// is not the nearest such matrix (Higham's is, after many decompositions), but it differs from it in the second order of what
  /// is raised. Symbols without variance keep rows of 0; the condition number is then infinite.
  ///
  /// - Source: Rebonato and Jäckel, *The most general methodology to create a valid correlation matrix* (1999), spectral
  ///   decomposition.
  public static func apply(to estimate: inout CovarianceEstimate, floor: Double = floor)
    throws(RiskError)
  {
    guard estimate.matrix.isFinite else {
      throw .outsideDomain(
        method: estimate.estimator, reason: "the covariance matrix holds what is not a number")
    }
    let volatilities = estimate.volatilities
    let varying = volatilities.indices.filter { volatilities[$0] > 0 }
    if !varying.isEmpty {
      try raise(&estimate, varying, volatilities, floor)
    }
    let matrix = estimate.matrix
    guard varying.count == volatilities.count, !varying.isEmpty else {
      estimate.conditionNumber = varying.isEmpty ? .nan : .infinity
      return
    }
    let values = try RiskError.algebra { () throws(LinearAlgebraError) in
      try SymmetricEigen(matrix, wantsVectors: false).values
    }
    let (least, largest) = (values[0], values[values.count - 1])
    // Below rounding of the largest a value may as well be 0.
    let isSingular = least <= largest * Double(values.count) * 0x1p-53
    estimate.conditionNumber = isSingular ? .infinity : largest / least
  }

  private static func raise(
    _ estimate: inout CovarianceEstimate, _ varying: [Int], _ volatilities: [Double],
    _ floor: Double
  ) throws(RiskError) {
    var correlation = estimate.matrix.symmetric(varying)
    for (row, symbol) in varying.enumerated() {
      for (column, other) in varying.enumerated() {
        correlation[row, column] /= volatilities[symbol] * volatilities[other]
      }
      correlation[row, row] = 1
    }
    let before = correlation
    let eigen = try RiskError.algebra { () throws(LinearAlgebraError) in
      try SymmetricEigen(before, wantsVectors: false)
    }
    let least = floor * (eigen.values.last ?? 0)
    // A matrix that was raised once is not raised again for its rounding.
    let raised = eigen.values.count { $0 < 0.5 * least }
    guard raised > 0 else { return }
    let after = try RiskError.algebra { () throws(LinearAlgebraError) in
      let full = try SymmetricEigen(before)
      return try full.matrix(values: full.values.map { max($0, least) })
    }
    var (change, size) = (0.0, 0.0)
    for (row, symbol) in varying.enumerated() {
      for (column, other) in varying.enumerated() where column != row {
        let scale = (after[row, row] * after[column, column]).squareRoot()
        let value = after[row, column] / scale * (volatilities[symbol] * volatilities[other])
        let gap = value - estimate.matrix[symbol, other]
        change += gap * gap
        size += estimate.matrix[symbol, other] * estimate.matrix[symbol, other]
        estimate.matrix[symbol, other] = value
      }
      size += estimate.matrix[symbol, symbol] * estimate.matrix[symbol, symbol]
    }
    estimate.matrix.mirrorLower()
    estimate.repair = .init(
      raisedCount: raised, leastEigenvalue: eigen.values[0],
      relativeChange: size > 0 ? (change / size).squareRoot() : 0)
  }
}
