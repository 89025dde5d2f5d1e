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
  /// Some portfolios, in memory.
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
    }
    return WeightTable(names: portfolios.map(name), symbols: symbols, weights: values)
  }
}

/// Weights of portfolios in memory.
public struct WeightTable: WeightRows, Equatable {
  /// Names of the portfolios: `[P]`.
  public let names: [String]
  /// Names of the columns: `[N]`.
  public let symbols: [String]
  /// `[P, N]`.
  public let weights: Matrix

  /// A table.
  public init(names: [String], symbols: [String], weights: Matrix) {
    precondition(
      weights.rows == names.count && weights.columns == symbols.count, "shape of weights")
    self.names = names
    self.symbols = symbols
    self.weights = weights
  }

  /// One portfolio of equal weights.
  public static func equal(_ symbols: [String]) -> WeightTable {
    WeightTable(
      names: ["equal"], symbols: symbols,
      weights: Matrix(
        rows: 1, columns: symbols.count, repeating: 1 / Double(max(1, symbols.count))))
  }

  /// A portfolio of each symbol alone.
  public static func each(_ symbols: [String]) -> WeightTable {
    WeightTable(names: symbols, symbols: symbols, weights: .identity(symbols.count))
  }

  /// Number of portfolios.
  public var portfolioCount: Int { names.count }
  /// Name of a portfolio.
  public func name(_ portfolio: Int) -> String { names[portfolio] }

  /// Copies rows.
  public func read(_ rows: Range<Int>, into output: UnsafeMutablePointer<Double>) {
    weights.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      output.update(
        from: base + rows.lowerBound * symbols.count, count: rows.count * symbols.count)
    }
  }
}
