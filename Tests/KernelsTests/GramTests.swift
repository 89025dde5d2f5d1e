import Kernels
import Testing

@Suite struct GramTests {
  private func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    var state = UInt64(rows * 7919 + columns)
    return Matrix(
      rows: rows, columns: columns,
      (0..<rows * columns).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53 - 0.5
      })
  }

  /// Sizes around the tiles', which begin at 128 and end at 768.
  private static let shapes = [
    (1, 1), (3, 17), (33, 5), (127, 9), (128, 8), (129, 8), (257, 7), (400, 30), (1300, 12),
  ]

  @Test(arguments: shapes)
  func againstPlainSums(rows: Int, columns: Int) throws {
    let a = matrix(rows, columns)
    let found = try LinearAlgebra.gramOfRows(a, scale: 2, workers: 2)
    var largest = 0.0
    for row in 0..<rows {
      for column in 0...row {
        var sum = 0.0
        for k in 0..<columns { sum += a[row, k] * a[column, k] }
        largest = max(largest, abs(found[row, column] - 2 * sum))
        if found[row, column] != found[column, row] { largest = .infinity }
      }
    }
    #expect(largest < 1e-13)
  }

  @Test(arguments: shapes)
  func ofColumnsAreProductsOfDeviations(columns: Int, rows: Int) throws {
    var a = matrix(rows, columns)
    for index in a.values.indices { a.values[index] += 0.1 }
    let means = a.columnSums(workers: 2).sums.map { $0 / Double(rows) }
    let deviations = a.series(workers: 1) { column, series in
      for index in series.indices { series[index] -= means[column] }
    }
    let found = try LinearAlgebra.gramOfColumns(a, lessMeans: means, scale: 3, workers: 2)
    let expected = try LinearAlgebra.gramOfRows(deviations, scale: 3)
    let differences = zip(found.values, expected.values).map { abs($0 - $1) }
    #expect(found.values.count == columns * columns && differences.allSatisfy { $0 < 1e-13 })
    var mirrored = found
    mirrored.mirrorLower()
    #expect(mirrored == found)
  }

  @Test func sumsOfColumnsAreInTheOrderOfRows() {
    let a = matrix(70, 600)
    let (sums, squares) = a.columnSums(workers: 3)
    for column in 0..<a.columns {
      #expect(sums[column] == a.column(column).reduce(0, +))
      #expect(squares[column] == a.column(column).reduce(0) { $0 + $1 * $1 })
    }
    #expect(Matrix(rows: 0, columns: 2).columnSums(workers: 1).sums == [0, 0])
  }

  @Test func anyNumberOfWorkersGivesTheSameBits() throws {
    let a = matrix(1111, 37)
    let one = try LinearAlgebra.gramOfRows(a, workers: 1)
    let b = matrix(37, 1111)
    let means = b.columnSums(workers: 1).sums.map { $0 / 37 }
    let ofColumns = try LinearAlgebra.gramOfColumns(b, lessMeans: means, workers: 1)
    for workers in [2, 3, 7] {
      #expect(try LinearAlgebra.gramOfRows(a, workers: workers) == one)
      #expect(b.columnSums(workers: workers).sums.map { $0 / 37 } == means)
      #expect(
        try LinearAlgebra.gramOfColumns(b, lessMeans: means, workers: workers) == ofColumns)
    }
  }

  @Test func nothing() throws {
    #expect(try LinearAlgebra.gramOfRows(Matrix(rows: 0, columns: 4)).values.isEmpty)
    #expect(try LinearAlgebra.gramOfRows(Matrix(rows: 2, columns: 0)).values == [0, 0, 0, 0])
    let none = try LinearAlgebra.gramOfColumns(Matrix(rows: 0, columns: 2), lessMeans: [0, 0])
    #expect(none.values == [0, 0, 0, 0])
  }

  @Test(arguments: [(0, 3), (1, 1), (7, 33), (8, 32), (9, 31), (70, 130)])
  func seriesAreRowsOfTheTransposed(rows: Int, columns: Int) {
    let a = matrix(rows, columns)
    #expect(a.series(workers: 3) == a.transposed)
    let some = (0..<rows).filter { $0 % 3 != 1 }
    let found = a.series(rows: some, workers: 2) { row, series in
      for index in series.indices { series[index] += Double(row) }
    }
    for (place, row) in some.enumerated() {
      for column in 0..<columns {
        #expect(found[column, place] == a[row, column] + Double(column))
      }
    }
  }
}
