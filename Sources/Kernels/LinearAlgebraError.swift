/// What goes wrong in linear algebra.
public enum LinearAlgebraError: Error, Sendable, Equatable, CustomStringConvertible {
  /// OpenBLAS is not on this machine.
  case libraryMissing
  /// An element is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// The leading block up to a row, from 0, is not positive definite.
  case notPositiveDefinite(row: Int)
  /// A matrix has no inverse; the row, from 0, where that was seen.
  case singular(row: Int)
  /// Eigenvalues or singular values were not found.
  case notConverged(size: Int)

  /// What happened, and what to do next.
  public var description: String {
    switch self {
    case .libraryMissing:
      "OpenBLAS is not on this machine; on Debian: apt-get install libopenblas0-pthread"
    case .notFinite(let row, let column):
      "the matrix has no finite number in row \(row + 1), column \(column + 1)"
    case .notPositiveDefinite(let row):
      "the matrix is not positive definite: its first \(row + 1) rows depend on each other"
    case .singular(let row): "the matrix has no inverse: row \(row + 1) depends on those before it"
    case .notConverged(let size):
      "the eigenvalues of a matrix of \(size) rows were not found; it may hold very large numbers"
    }
  }
}
