/// A dense matrix, row-major, without gaps.
public struct Matrix: Sendable, Equatable {
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int
  /// `[rows, columns]`, row by row.
  public var values: [Double]

  /// A matrix of equal values.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    precondition(rows >= 0 && columns >= 0, "a matrix of \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    values = Array(repeating: value, count: rows * columns)
  }

  /// A matrix of given values, row by row.
  public init(rows: Int, columns: Int, _ values: [Double]) {
    precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// The matrix with a diagonal, 0 elsewhere.
  public init(diagonal: [Double]) {
    self.init(rows: diagonal.count, columns: diagonal.count)
    for index in diagonal.indices { values[index * columns + index] = diagonal[index] }
  }

  /// Ones on the diagonal, 0 elsewhere.
  public static func identity(_ size: Int) -> Matrix {
    Matrix(diagonal: Array(repeating: 1, count: size))
  }

  /// An element.
  @inlinable public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// A row, as a copy.
  public func row(_ row: Int) -> [Double] {
    Array(values[row * columns..<(row + 1) * columns])
  }

  /// A column, as a copy.
  public func column(_ column: Int) -> [Double] {
    (0..<rows).map { values[$0 * columns + column] }
  }

  /// The diagonal, as a copy.
  public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }

  /// Rows and columns exchanged.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    // Squares of 16 keep both sides in cache.
    for rowStart in stride(from: 0, to: rows, by: 16) {
      for columnStart in stride(from: 0, to: columns, by: 16) {
        for row in rowStart..<min(rowStart + 16, rows) {
          for column in columnStart..<min(columnStart + 16, columns) {
            result.values[column * rows + row] = values[row * columns + column]
          }
        }
      }
    }
    return result
  }

  /// Rows and columns of a square matrix in another order, or some of them.
  public func symmetric(_ order: [Int]) -> Matrix {
    precondition(order.allSatisfy { $0 >= 0 && $0 < rows && $0 < columns }, "places of a matrix")
    let size = order.count
    let gathered = [Double](unsafeUninitializedCapacity: size * size) { gathered, count in
      values.withUnsafeBufferPointer { values in
        for row in 0..<size {
          let from = order[row] * columns
          for column in 0..<size { gathered[row * size + column] = values[from + order[column]] }
        }
      }
      count = size * size
    }
    return Matrix(rows: size, columns: size, gathered)
  }

  /// Copies the lower triangle to the upper one.
  public mutating func mirrorLower() {
    precondition(rows == columns, "a square matrix")
    let size = rows
    values.withUnsafeMutableBufferPointer { values in
      for rowStart in stride(from: 0, to: size, by: 32) {
        for columnStart in stride(from: 0, through: rowStart, by: 32) {
          for row in rowStart..<min(rowStart + 32, size) {
            for column in columnStart..<min(columnStart + 32, row) {
              values[column * size + row] = values[row * size + column]
            }
          }
        }
      }
    }
  }

  /// Whether every element is finite.
  public var isFinite: Bool { values.allSatisfy(\.isFinite) }
}
