import Dispatch
import Kernels
import Synchronization
import TestSupport
import Testing

/// Products of matrices against the plain sum.
@Suite struct MatrixProductTests {
  private static let routes = MatrixProduct.allCases.filter {
    $0 == .plain || MatrixProduct.blasCore != nil
  }

  private func numbers(_ count: Int, _ random: inout TestRandom) -> [Double] {
    (0..<count).map { _ in Double(random.int(-1000...1000)) / 512 }
  }

  @Test(arguments: routes)
  func agreesWithTheSum(route: MatrixProduct) {
    var random = TestRandom(seed: 5)
    for rows in [0, 1, 2, 3, 17] {
      for columns in [0, 1, 7, 8, 9, 33] {
        for inner in [0, 1, 5, 8, 31] {
          let (a, b) = (
            numbers(rows * (inner + 2), &random), numbers(inner * (columns + 1), &random)
          )
          let c = numbers(columns * (inner + 3), &random)
          var (plain, other) = ([Double](repeating: -1, count: rows * (columns + 1)), [Double]())
          other = plain
          route.multiply(
            rows: rows, columns: columns, inner: inner, .init(a, stride: inner + 2),
            .init(b, stride: columns + 1), into: &plain, stride: columns + 1)
          route.multiplyTransposed(
            rows: rows, columns: columns, inner: inner, .init(a, stride: inner + 2),
            .init(c, stride: inner + 3), into: &other, stride: columns + 1)
          for row in 0..<rows {
            for column in 0..<columns {
              let left = (0..<inner).map { a[row * (inner + 2) + $0] }
              let sums = [
                (plain, (0..<inner).map { b[$0 * (columns + 1) + column] }),
                (other, (0..<inner).map { c[column * (inner + 3) + $0] }),
              ]
              for (found, right) in sums {
                // Exact: numbers are whole multiples of 2⁻⁹, their sums fit.
                let expected = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(found[row * (columns + 1) + column] == expected)
              }
            }
            #expect(plain[row * (columns + 1) + columns] == -1)
          }
        }
      }
    }
  }

  /// Debian's sequential OpenBLAS gives wrong products to threads that call at the same time.
  @Test(arguments: routes)
  func manyThreadsGetTheSame(route: MatrixProduct) {
    var random = TestRandom(seed: 6)
    let (rows, columns, inner) = (40, 130, 300)
    let (a, b) = (numbers(rows * inner, &random), numbers(columns * inner, &random))
    @Sendable func product() -> [Double] {
      var c = [Double](repeating: 0, count: rows * columns)
      route.multiplyTransposed(
        rows: rows, columns: columns, inner: inner, .init(a, stride: inner),
        .init(b, stride: inner), into: &c, stride: columns)
      return c
    }
    let expected = product()
    let wrong = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      if product() != expected { wrong.wrappingAdd(1, ordering: .relaxed) }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
