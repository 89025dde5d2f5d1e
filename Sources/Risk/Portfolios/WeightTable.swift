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
  /// A symbol without a return at a bar counts as 0 there.
  public func returns(_ table: ReturnTable) throws(RiskError) -> Matrix {
    precondition(weights.columns == table.symbolCount, "a weight for each symbol")
    var known = table.values
    for index in known.values.indices where known.values[index].isNaN { known.values[index] = 0 }
    return try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(known, weights, transposeB: true)
    }
  }
}
