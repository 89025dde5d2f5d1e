/// The same weights at every bar: `[P, N]`, a portfolio a row.
public struct FixedWeights: WeightSource {
  /// Row-major weights.
  public let values: [Double]
  /// Number of symbols.
  public let symbolCount: Int

  /// Takes a matrix.
  ///
  /// - Parameters:
  ///   - values: `[P, N]` row-major; NaN where a symbol has no weight.
  ///   - symbolCount: `N`, at least 1.
  /// - Precondition: `values` has whole rows.
  public init(_ values: [Double], symbolCount: Int) {
    precondition(symbolCount > 0 && values.count % symbolCount == 0, "whole rows of weights")
    self.values = values
    self.symbolCount = symbolCount
  }

  /// Number of portfolios.
  public var setCount: Int { values.count / symbolCount }
  /// None.
  public func warmup(of set: Int) -> Int { 0 }
  /// Something that copies rows.
  public func makeEvaluator() -> any WeightEvaluator { Evaluator(weights: self) }

  private final class Evaluator: WeightEvaluator {
    let weights: FixedWeights

    init(weights: FixedWeights) { self.weights = weights }

    func weights(set: Int, bar: Int, into output: UnsafeMutablePointer<Double>) {
      let count = weights.symbolCount
      weights.values.withUnsafeBufferPointer {
        output.update(from: $0.baseAddress! + set * count, count: count)
      }
    }
  }
}
