import Kernels
import Testing

@Suite struct LinearAlgebraTests {
  private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var matrix = Matrix(rows: rows, columns: columns)
    for index in matrix.values.indices {
      matrix.values[index] = PhiloxStream(seed: seed, stream: 0).normals(step: UInt32(index))[0]
    }
    return matrix
  }

  private static func naive(_ a: Matrix, _ b: Matrix) -> Matrix {
    var c = Matrix(rows: a.rows, columns: b.columns)
    for row in 0..<a.rows {
      for column in 0..<b.columns {
        for k in 0..<a.columns { c[row, column] += a[row, k] * b[k, column] }
      }
    }
    return c
  }

  private static func distance(_ a: Matrix, _ b: Matrix) -> Double {
    zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 2), (17, 33, 9), (64, 70, 65)])
  func productsOfAllForms(_ rows: Int, _ inner: Int, _ columns: Int) throws {
    let a = Self.random(rows, inner, seed: 1)
    let b = Self.random(inner, columns, seed: 2)
    let expected = Self.naive(a, b)
    for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
      let found = try LinearAlgebra.product(
        left ? a.transposed : a, right ? b.transposed : b, transposeA: left, transposeB: right)
      #expect(Self.distance(found, expected) < 1e-12)
    }
    #expect(
      Self.distance(
        Matrix(rows: rows, columns: 1, try LinearAlgebra.product(a, b.column(0))),
        Self.naive(a, Matrix(rows: inner, columns: 1, b.column(0)))) < 1e-12)
    #expect(Self.distance(try LinearAlgebra.gram(a), Self.naive(a.transposed, a)) < 1e-12)
  }

  @Test(arguments: [1, 2, 7, 40])
  func factorsAndEigenvalues(_ size: Int) throws {
    var a = try LinearAlgebra.gram(Self.random(size + 3, size, seed: 3))
    for index in 0..<size { a[index, index] += 0.1 }
    let cholesky = try Cholesky(a)
    #expect(Self.distance(Self.naive(cholesky.lower, cholesky.lower.transposed), a) < 1e-11)
    #expect(Self.distance(Self.naive(a, cholesky.inverse), .identity(size)) < 1e-9)
    let eigen = try SymmetricEigen(a)
    #expect(eigen.values == eigen.values.sorted())
    #expect(Self.distance(try eigen.matrix(values: eigen.values), a) < 1e-11)
    #expect(try SymmetricEigen(a, wantsVectors: false).values.count == size)
    let b = Self.random(size, 1, seed: 4).values
    let x = try LinearAlgebra.solve(a, b)
    #expect(
      Self.distance(
        Self.naive(a, Matrix(rows: size, columns: 1, x)), Matrix(rows: size, columns: 1, b)) < 1e-9)
    for (one, other) in zip(x, cholesky.solve(b)) { #expect(abs(one - other) < 1e-9) }
  }

  @Test func leastSquaresOfDependentColumns() throws {
    // y = 2 + 3x, with x twice: the least length splits the slope.
    let a = Matrix(rows: 4, columns: 3, [1, 0, 0, 1, 1, 1, 1, 2, 2, 1, 3, 3])
    let found = try LinearAlgebra.leastSquares(a, Matrix(rows: 4, columns: 1, [2, 5, 8, 11]))
    #expect(found.rank == 2)
    for (x, expected) in zip(found.x.values, [2, 1.5, 1.5]) { #expect(abs(x - expected) < 1e-12) }
  }

  @Test func whatHasNoFactorSaysWhere() {
    #expect(throws: LinearAlgebraError.notPositiveDefinite(row: 1)) {
      try Cholesky(Matrix(rows: 2, columns: 2, [1, 2, 2, 1]))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 0)) {
      try SymmetricEigen(Matrix(rows: 2, columns: 2, [1, 0, .nan, 1]))
    }
    #expect(throws: LinearAlgebraError.singular(row: 1)) {
      try LinearAlgebra.solve(Matrix(rows: 2, columns: 2, [1, 2, 2, 4]), [1, 1])
    }
  }

  // scipy.stats 1.17: t.ppf(0.01, 4), chi2.sf(3.84, 1), binom.cdf(4, 250, 0.01), norm.ppf(0.99), t.cdf(-2.5, 7).
  @Test func distributionsAgreeWithTables() {
    #expect(abs(Distribution.studentQuantile(0.01, freedom: 4) + 3.7469473879791968) < 1e-12)
    #expect(abs(Distribution.chiSquareUpper(3.84, freedom: 1) - 0.05004352124870519) < 1e-14)
    #expect(
      abs(Distribution.binomialCDF(4, of: 250, probability: 0.01) - 0.8921876269036251) < 1e-12)
    #expect(abs(Distribution.normalQuantile(0.99) - 2.3263478740408408) < 1e-13)
    #expect(abs(Distribution.studentCDF(-2.5, freedom: 7) - 0.020496109292876444) < 1e-14)
    #expect(Distribution.studentQuantile(0.5, freedom: -1).isNaN)
  }
}
