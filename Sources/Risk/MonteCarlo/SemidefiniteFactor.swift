import Kernels

/// Cholesky's factor of a positive semi-definite matrix.
///
/// A plain loop: what passes through BLAS has other last bits on other processors, and paths shall not.
enum SemidefiniteFactor {
  /// The lower triangle; columns that depend on those before are 0.
  static func lower(_ a: Matrix, symbols: [String]) throws(RiskError) -> Matrix {
    let size = a.rows
    guard a.isFinite else {
      let bad = (0..<size).first { row in (0..<size).contains { !a[row, $0].isFinite } } ?? 0
      throw .noVariation(symbol: symbols[bad])
    }
    var factor = Matrix(rows: size, columns: size)
    // What rounding leaves of a pivot that is 0.
    let floor = (a.diagonal.max() ?? 0) * Double(size) * 0x1p-50
    for column in 0..<size {
      for row in column..<size {
        var sum = a[row, column]
        for inner in 0..<column { sum -= factor[row, inner] * factor[column, inner] }
        if row == column {
          guard sum >= -floor else { throw .algebra(.notPositiveDefinite(row: column)) }
          factor[column, column] = sum > floor ? sum.squareRoot() : 0
        } else if factor[column, column] > 0 {
          factor[row, column] = sum / factor[column, column]
        } else if abs(sum) > (floor * max(a[row, row], floor)).squareRoot() {
          throw .algebra(.notPositiveDefinite(row: row))
        }
      }
    }
    return factor
  }
}
