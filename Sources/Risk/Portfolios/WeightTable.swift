import Kernels

/// Portfolios in memory: a name and weights each.
public struct WeightTable: Sendable, Equatable {
  /// Names: `[P]`.
  public var names: [String]
  /// Weights: `[P, N]`, fractions of equity, 0 for what is not held.
  public var weights: Matrix

  /// Portfolios.
  public init(names: [String], weights: Matrix) {
    precondition(names.count == weights.rows, "a name for each portfolio")
    self.names = names
    self.weights = weights
  }

  /// One portfolio, without a name.
  public init(_ weights: [Double]) {
    self.init(names: [""], weights: Matrix(rows: 1, columns: weights.count, weights))
  }

  /// Number of portfolios, `P`.
  public var count: Int { names.count }

  /// Columns with a weight in any portfolio, ascending.
  public var held: [Int] {
    (0..<weights.columns).filter { column in
      (0..<weights.rows).contains { weights[$0, column] != 0 && !weights[$0, column].isNaN }
    }
  }

  /// The same portfolios over some of the columns.
  public func columns(_ columns: [Int]) -> WeightTable {
    WeightTable(names: names, weights: weights.columns(columns))
  }

  /// Returns of portfolios whose weights are restored at each bar: `[T, P]`.
  ///
  /// A symbol without a return at a bar stands still there: its weight earns 0. What weights leave of 1 is cash, and earns 0.
  ///
  /// - Precondition: simple returns, which add up over symbols; a NaN among the weights is none.
  public func returns(_ table: ReturnTable) -> Matrix {
    precondition(weights.columns == table.symbolCount, "a weight for each symbol")
    precondition(table.kind == .simple, "simple returns, which add up over symbols")
    let (width, held) = (table.symbolCount, held)
    // Portfolios side by side: sums run over symbols in their order, the same on every processor.
    var turned = weights.transposed
    for index in turned.values.indices where turned.values[index].isNaN { turned.values[index] = 0 }
    var result = Matrix(rows: table.barCount, columns: count)
    result.values.withUnsafeMutableBufferPointer { sums in
      turned.values.withUnsafeBufferPointer { weights in
        for bar in 0..<table.barCount {
          for symbol in held {
            let value = table.values.values[bar * width + symbol]
            if value.isNaN { continue }
            for portfolio in 0..<count {
              sums[bar * count + portfolio] += weights[symbol * count + portfolio] * value
            }
          }
        }
      }
    }
    return result
  }
}
