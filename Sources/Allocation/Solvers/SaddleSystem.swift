import CShims
import Kernels

/// The factors of H·x − Aᵀ·y = f, A·x + E·y = g: one Cholesky factor of H, one of A·H⁻¹·Aᵀ + E.
///
/// H is positive semi-definite, and E ≥ 0 a diagonal. Both factors are of matrices with a little more on the diagonal, so that
/// singular ones can be worked with; what this changes is taken back by solving for the residual again.
struct SaddleSystem {
  private let size: Int
  private let rows: Matrix
  private let softness: [Double]
  private var factor: Matrix
  private var small: Matrix

  /// Factors; `hessian` is given away, of which the lower triangle is read.
  ///
  /// - Returns: nil if a factor does not exist.
  init?(hessian: consuming Matrix, rows: Matrix, softness: [Double], ridge: Double) {
    size = hessian.rows
    self.rows = rows
    self.softness = softness
    factor = hessian
    small = Matrix(rows: rows.rows, columns: rows.rows)
    for index in 0..<size { factor[index, index] += ridge }
    guard size == 0 || apus_lapack_cholesky(Int32(size), &factor.values, Int32(size)) == 0 else {
      return nil
    }
    let count = rows.rows
    guard count > 0 else { return }
    var half = rows.transposed
    guard size > 0 else { return nil }
    apus_blas_solve_lower(
      false, Int32(size), Int32(count), factor.values, Int32(size), &half.values, Int32(count))
    apus_blas_gram(
      false, Int32(count), Int32(size), 1, half.values, Int32(count), 0, &small.values,
      Int32(count))
    // Relative to each row's own: rows whose slack is large are soft by many orders more than others.
    for index in 0..<count {
      small[index, index] = small[index, index] * (1 + 1e-13) + softness[index]
    }
    guard apus_lapack_cholesky(Int32(count), &small.values, Int32(count)) == 0 else { return nil }
  }

  /// One solve with the factors as they are.
  func solve(_ f: [Double], _ g: [Double]) -> (x: [Double], y: [Double]) {
    var x = f
    var y = g
    let count = rows.rows
    guard size > 0 else { return (x, y) }
    if count > 0 {
      let first = inverse(f)
      apus_blas_multiply_vector(
        false, Int32(count), Int32(size), -1, rows.values, Int32(size), first, 1, &y)
      apus_blas_solve_lower(false, Int32(count), 1, small.values, Int32(count), &y, 1)
      apus_blas_solve_lower(true, Int32(count), 1, small.values, Int32(count), &y, 1)
      apus_blas_multiply_vector(
        true, Int32(count), Int32(size), 1, rows.values, Int32(size), y, 1, &x)
    }
    return (inverse(x), y)
  }

  private func inverse(_ f: [Double]) -> [Double] {
    var x = f
    apus_blas_solve_lower(false, Int32(size), 1, factor.values, Int32(size), &x, 1)
    apus_blas_solve_lower(true, Int32(size), 1, factor.values, Int32(size), &x, 1)
    return x
  }
}

/// The largest absolute value; infinite if there is a NaN, which `max` would pass over.
func largest(_ values: [Double]) -> Double {
  var found = 0.0
  for value in values {
    if value.isNaN { return .infinity }
    found = max(found, abs(value))
  }
  return found
}
