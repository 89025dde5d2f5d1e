/// Target weights of portfolios: parameter sets × bars × symbols, computed when they are asked for.
///
/// A weight is the value of a position over equity, negative for a short one. What a set's weights add up to is free: what
/// they leave is cash, what they exceed is borrowed as far as the account may, and scaled down beyond that.
public protocol WeightSource: Sendable {
  /// Number of parameter sets, or of portfolios.
  var setCount: Int { get }
  /// Number of symbols, `N`, in the order of the run's symbols.
  var symbolCount: Int { get }
  /// Bars of history, from the run's first bar on, in which a set has no weights yet.
  func warmup(of set: Int) -> Int
  /// Something that computes weights; one for each worker.
  func makeEvaluator() -> any WeightEvaluator
}

/// Computes the weights of a source, for one worker.
public protocol WeightEvaluator: AnyObject {
  /// Writes the weights of a set as they are known after the close of a bar.
  ///
  /// They depend on the set and the bar alone, whatever was asked before. Neighbouring sets are asked for one bar before any is
  /// asked for the next, so what sets share is best kept by bar.
  ///
  /// - Parameters:
  ///   - set: the parameter set.
  ///   - bar: a bar of the panel, within the run's window.
  ///   - output: room for `[N]`; NaN where a symbol has no weight, which `Rebalance.missing` gives a meaning.
  func weights(set: Int, bar: Int, into output: UnsafeMutablePointer<Double>)
}
