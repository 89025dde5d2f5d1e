import Kernels

/// Weights of portfolios, row by row, wherever they are.
///
/// Readers ask for rows in any order and from any thread. A weight is a fraction of equity, negative if short; NaN is no
/// weight, as 0 is. What the weights of a portfolio lack to 1 is cash without interest.
public protocol WeightRows: Sendable {
  /// Number of portfolios, `P`.
  var portfolioCount: Int { get }
  /// Names of the columns: `[N]`.
  var symbols: [String] { get }
  /// Name of a portfolio.
  func name(_ portfolio: Int) -> String
  /// Copies rows. one after the other without gaps: `[rows, N]`.
  func read(_ rows: Range<Int>, into output: UnsafeMutablePointer<Double>) throws
}

extension WeightRows {
  /// Some portfolios, in memory; what has no weight has 0.
  ///
  /// - Throws: what reading throws.
  public func table(_ portfolios: [Int]) throws -> WeightTable {
    let width = symbols.count
    var values = Matrix(rows: portfolios.count, columns: width)
    try values.values.withUnsafeMutableBufferPointer { output in
      guard let base = output.baseAddress else { return }
      for (row, portfolio) in portfolios.enumerated() {
        try read(portfolio..<portfolio + 1, into: base + row * width)
      }
      for index in output.indices where output[index].isNaN { output[index] = 0 }
    }
    return WeightTable(names: portfolios.map(name), weights: values)
  }
}

/// Weights in memory.
public struct WeightsInMemory: WeightRows {
  /// Names and weights.
  public let table: WeightTable
  /// Names of the columns: `[N]`.
  public let symbols: [String]

  /// Weights of a table.
  public init(_ table: WeightTable, symbols: [String]) {
    precondition(table.weights.columns == symbols.count, "a name for each column")
    self.table = table
    self.symbols = symbols
  }

  /// Number of portfolios.
  public var portfolioCount: Int { table.count }
  /// Name of a portfolio.
  public func name(_ portfolio: Int) -> String { table.names[portfolio] }

  /// Copies rows.
  public func read(_ rows: Range<Int>, into output: UnsafeMutablePointer<Double>) {
    table.weights.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      output.update(
        from: base + rows.lowerBound * symbols.count, count: rows.count * symbols.count)
    }
  }
}
