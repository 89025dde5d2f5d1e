import Kernels
import Risk

/// How far two symbols are apart.
public enum ClusterDistance: String, Sendable, CaseIterable {
  /// √((1 − ρ) / 2): 0 for symbols that move as one, 1 for opposites.
  case correlation
  /// Euclidean distance of two symbols' rows of `correlation` distances: near is who is near to the same others.
  case profile

  /// Distances of symbols.
  ///
  /// - Parameter covariance: `[N, N]` with a positive diagonal.
  /// - Returns: `[N, N]`, symmetric, 0 on the diagonal.
  /// - Throws: `AllocationError.risk`: a symbol whose variance is 0, an element that is not finite.
  /// - Complexity: O(N²), and O(N³) for `profile`.
  /// - Source: López de Prado, *Building diversified portfolios that outperform out of sample* (2016).
  public func distances(_ covariance: Matrix, symbols: [String]) throws(AllocationError) -> Matrix {
    let count = covariance.rows
    precondition(covariance.columns == count && symbols.count == count, "shape of a covariance")
    for index in 0..<count {
      if let bad = (0..<count).first(where: { !covariance[index, $0].isFinite }) {
        throw .risk(.algebra(.notFinite(row: index, column: bad)))
      }
      guard covariance[index, index] > 0 else {
        throw .risk(.noVariation(symbol: symbols[index]))
      }
    }
    let deviations = covariance.diagonal.map { $0.squareRoot() }
    var near = Matrix(rows: count, columns: count)
    for row in 0..<count {
      for column in 0..<row {
        let correlation = covariance[row, column] / (deviations[row] * deviations[column])
        let distance = min(max((1 - correlation) / 2, 0), 1).squareRoot()
        near[row, column] = distance
        near[column, row] = distance
      }
    }
    guard self == .profile else { return near }
    var far = Matrix(rows: count, columns: count)
    near.values.withUnsafeBufferPointer { values in
      for row in 0..<count {
        for column in 0..<row {
          var sum = 0.0
          for other in 0..<count {
            let difference = values[row * count + other] - values[column * count + other]
            sum += difference * difference
          }
          far[row, column] = sum.squareRoot()
          far[column, row] = far[row, column]
        }
      }
    }
    return far
  }
}
