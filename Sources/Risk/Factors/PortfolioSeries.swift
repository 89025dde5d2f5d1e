import Kernels

/// The returns of a portfolio that is brought back to its weights at every bar.
///
/// A symbol without a return at a bar stands still there: its weight earns 0, and is counted. What weights leave of 1 is cash, and earns 0.
public struct PortfolioSeries: Sendable, Equatable {
  /// Σ w · r a bar: `[T]`, fractions.
  public let returns: [Double]
  /// Weight, in absolute terms, of symbols without a return, a bar: `[T]`.
  public let missingWeight: [Double]

  /// The series of one portfolio.
  ///
  /// - Parameter weights: `[N]`; NaN is no weight.
  public init(_ table: ReturnTable, weights: [Double]) {
    precondition(weights.count == table.symbolCount, "a weight for each symbol")
    precondition(table.kind == .simple, "simple returns, which add up over symbols")
    let held = weights.indices.filter { weights[$0] != 0 && !weights[$0].isNaN }
    var returns = [Double](repeating: 0, count: table.barCount)
    var missing = returns
    for bar in 0..<table.barCount {
      let row = bar * table.symbolCount
      var (sum, gone) = (0.0, 0.0)
      for symbol in held {
        let value = table.values.values[row + symbol]
        if value.isNaN { gone += abs(weights[symbol]) } else { sum += weights[symbol] * value }
      }
      returns[bar] = sum
      missing[bar] = gone
    }
    self.returns = returns
    missingWeight = missing
  }
}
