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

  /// Sizes around the tiles', which begin at 192.
  @Test(arguments: [(1, 1), (3, 17), (33, 5), (191, 9), (192, 8), (193, 8), (400, 30), (1300, 12)])
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

  @Test func anyNumberOfWorkersGivesTheSameBits() throws {
    let a = matrix(1111, 37)
    let one = try LinearAlgebra.gramOfRows(a, workers: 1)
    for workers in [2, 3, 7] {
      #expect(try LinearAlgebra.gramOfRows(a, workers: workers) == one)
    }
  }

  @Test func nothing() throws {
    #expect(try LinearAlgebra.gramOfRows(Matrix(rows: 0, columns: 4)).values.isEmpty)
    #expect(try LinearAlgebra.gramOfRows(Matrix(rows: 2, columns: 0)).values == [0, 0, 0, 0])
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
