import CShims

/// Products, factors and eigenvalues of dense matrices by OpenBLAS and its LAPACK.
///
/// All run in the calling thread; whoever has many does them at the same time. Equal arguments give equal bits within a run
/// and on equal processors. `MatrixProduct` is the face for memory that others own.
public enum LinearAlgebra {
  /// a · b.
  public static func product(
    _ a: Matrix, _ b: Matrix, transposeA: Bool = false, transposeB: Bool = false
  ) throws(LinearAlgebraError) -> Matrix {
    let rows = transposeA ? a.columns : a.rows
    let inner = transposeA ? a.rows : a.columns
    let columns = transposeB ? b.rows : b.columns
    precondition(inner == (transposeB ? b.columns : b.rows), "inner sizes of a product")
    try open()
    var c = Matrix(rows: rows, columns: columns)
    guard rows > 0, columns > 0, inner > 0 else { return c }
    apus_blas_multiply(
      transposeA, transposeB, Int32(rows), Int32(columns), Int32(inner), 1, a.values,
      Int32(a.columns), b.values, Int32(b.columns), 0, &c.values, Int32(columns))
    return c
  }

  /// a · x, or aᵀ · x.
  public static func product(_ a: Matrix, _ x: [Double], transpose: Bool = false)
    throws(LinearAlgebraError) -> [Double]
  {
    precondition(x.count == (transpose ? a.rows : a.columns), "sizes of a product")
    try open()
    var y = [Double](repeating: 0, count: transpose ? a.columns : a.rows)
    guard !x.isEmpty, !y.isEmpty else { return y }
    apus_blas_multiply_vector(
      transpose, Int32(a.rows), Int32(a.columns), 1, a.values, Int32(a.columns), x, 0, &y)
    return y
  }

  /// scale · aᵀ · a, all of it.
  public static func gram(_ a: Matrix, scale: Double = 1) throws(LinearAlgebraError) -> Matrix {
    try open()
    var c = Matrix(rows: a.columns, columns: a.columns)
    guard a.rows > 0, a.columns > 0 else { return c }
    apus_blas_gram(
      false, Int32(a.columns), Int32(a.rows), scale, a.values, Int32(a.columns), 0, &c.values,
      Int32(a.columns))
    c.mirrorLower()
    return c
  }

  /// xᵀ · a · x for a symmetric matrix.
  public static func quadratic(_ a: Matrix, _ x: [Double]) throws(LinearAlgebraError) -> Double {
    dot(x, try product(a, x))
  }

  /// Sum of products, in order.
  public static func dot(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "sizes of a product")
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  /// The x of a · x = b, by LU with row exchanges.
  public static func solve(_ a: Matrix, _ b: [Double]) throws(LinearAlgebraError) -> [Double] {
    precondition(a.rows == a.columns && a.rows == b.count, "a square system")
    try check(a)
    guard !b.isEmpty else { return [] }
    var factor = a.transposed
    var x = b
    let info = apus_lapack_solve(Int32(a.rows), &factor.values, &x)
    guard info <= 0 else { throw .singular(row: Int(info) - 1) }
    guard info == 0 else { throw .notConverged(size: a.rows) }
    return x
  }

  /// The x of least length among those that minimise |a · x - b|, column by column of b.
  ///
  /// - Parameter tolerance: singular values below it times the largest count as 0; by default a few units of rounding times the size.
  /// - Returns: `x` of shape `[columns of a, columns of b]`, and the rank of a.
  public static func leastSquares(_ a: Matrix, _ b: Matrix, tolerance: Double? = nil)
    throws(LinearAlgebraError) -> (x: Matrix, rank: Int)
  {
    precondition(a.rows == b.rows && a.rows > 0 && a.columns > 0, "sizes of least squares")
    try check(a)
    try check(b)
    let height = max(a.rows, a.columns)
    var left = a.transposed.values
    var right = [Double](repeating: 0, count: height * b.columns)
    for column in 0..<b.columns {
      for row in 0..<b.rows { right[column * height + row] = b[row, column] }
    }
    var singular = [Double](repeating: 0, count: min(a.rows, a.columns))
    var rank: Int32 = 0
    let info = apus_lapack_least_squares(
      Int32(a.rows), Int32(a.columns), Int32(b.columns), &left, &right,
      tolerance ?? Double(height) * 0x1p-52, &singular, &rank)
    guard info == 0 else { throw .notConverged(size: a.columns) }
    var x = Matrix(rows: a.columns, columns: b.columns)
    for column in 0..<b.columns {
      for row in 0..<a.columns { x[row, column] = right[column * height + row] }
    }
    return (x, Int(rank))
  }

  static func open() throws(LinearAlgebraError) {
    guard apus_blas_open() else { throw .libraryMissing }
  }

  static func check(_ a: Matrix) throws(LinearAlgebraError) {
    try open()
    guard let bad = a.values.firstIndex(where: { !$0.isFinite }) else { return }
    throw .notFinite(row: bad / a.columns, column: bad % a.columns)
  }
}

/// The factor l of a = l · lᵀ, a lower triangle.
public struct Cholesky: Sendable {
  /// `[n, n]`, zeros above the diagonal.
  public let lower: Matrix

  /// Factors a symmetric positive definite matrix, of which only the lower triangle is read.
  public init(_ a: Matrix) throws(LinearAlgebraError) {
    precondition(a.rows == a.columns, "a square matrix")
    try LinearAlgebra.check(a)
    var factor = a
    let size = a.rows
    if size > 0 {
      let info = apus_lapack_cholesky(Int32(size), &factor.values, Int32(size))
      guard info == 0 else { throw .notPositiveDefinite(row: Int(info) - 1) }
      factor.values.withUnsafeMutableBufferPointer { values in
        for row in 0..<size {
          for column in row + 1..<size { values[row * size + column] = 0 }
        }
      }
    }
    lower = factor
  }

  /// The x of a · x = b.
  public func solve(_ b: [Double]) -> [Double] {
    solve(Matrix(rows: b.count, columns: 1, b)).values
  }

  /// The x of a · x = b, column by column.
  public func solve(_ b: Matrix) -> Matrix {
    var x = solveLower(b)
    solveInPlace(&x, transposes: true)
    return x
  }

  /// l⁻¹ · b.
  public func solveLower(_ b: Matrix) -> Matrix {
    var x = b
    solveInPlace(&x, transposes: false)
    return x
  }

  /// a⁻¹.
  public var inverse: Matrix { solve(.identity(lower.rows)) }

  private func solveInPlace(_ x: inout Matrix, transposes: Bool) {
    precondition(x.rows == lower.rows, "sizes of a system")
    guard x.rows > 0, x.columns > 0 else { return }
    apus_blas_solve_lower(
      transposes, Int32(x.rows), Int32(x.columns), lower.values, Int32(lower.rows), &x.values,
      Int32(x.columns))
  }
}

/// Eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen: Sendable {
  /// `[n]`, ascending.
  public let values: [Double]
  /// `[n, n]`: row i is the eigenvector of value i, of length 1.
  ///
  /// Its largest component, the first of equals, is positive. Empty if only values were asked for.
  public let vectors: Matrix

  /// Finds them; only the lower triangle of a is read.
  public init(_ a: Matrix, wantsVectors: Bool = true) throws(LinearAlgebraError) {
    precondition(a.rows == a.columns, "a square matrix")
    try LinearAlgebra.check(a)
    let size = a.rows
    var work = a
    var found = [Double](repeating: 0, count: size)
    if size > 0 {
      let info = apus_lapack_eigen(wantsVectors, Int32(size), &work.values, &found)
      guard info == 0 else { throw .notConverged(size: size) }
    }
    values = found
    guard wantsVectors else {
      vectors = Matrix(rows: 0, columns: 0)
      return
    }
    for row in 0..<size {
      var peak = 0
      for column in 0..<size where abs(work[row, column]) > abs(work[row, peak]) { peak = column }
      guard work[row, peak] < 0 else { continue }
      for column in 0..<size { work[row, column] = -work[row, column] }
    }
    vectors = work
  }

  /// The matrix with these vectors and other values.
  public func matrix(values: [Double]) throws(LinearAlgebraError) -> Matrix {
    precondition(values.count == vectors.rows, "a value for each vector")
    var scaled = vectors
    for row in 0..<scaled.rows {
      for column in 0..<scaled.columns { scaled[row, column] *= values[row] }
    }
    var result = try LinearAlgebra.product(vectors, scaled, transposeA: true)
    result.mirrorLower()
    return result
  }
}
