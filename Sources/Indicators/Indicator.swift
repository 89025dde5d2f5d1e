import Kernels

/// A causal function of series, evaluated block by block in time order.
///
/// An instance belongs to one symbol and one set of arguments. It is asked for consecutive blocks, starting at
/// the first bar of the series, and keeps whatever state it needs between them; the results don't depend on
/// where blocks begin. One rule for missing data holds for all: an output is NaN until as many consecutive
/// non-NaN inputs were seen as the warm-up needs, and a NaN among the inputs starts that count again. An
/// infinity counts as NaN. Functions of two single bars, such as `lag`, look at those two only.
public protocol Indicator: Sendable {
  /// What users see: name, arguments, seeding, source.
  static var signature: IndicatorSignature { get }

  /// Makes the function for given arguments, in the order of the signature.
  ///
  /// - Throws: `IndicatorError` if an argument lies outside its range.
  init(arguments: [Double]) throws(IndicatorError)

  /// Bars at the start of a series without gaps for which the output is undefined.
  var warmup: Int { get }

  /// Bars before the current one that `evaluate` reads from its inputs (not counting its own state).
  var lookback: Int { get }

  /// Fills `output[0..<count]` from the inputs, in the order of the signature.
  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int)
}

/// An indicator over the output of another one of the same inputs, which others may share.
///
/// Evaluated as a whole it gives the same bits as `outer` over `inner`.
public protocol ComposedIndicator: Indicator {
  /// What is computed first, with its arguments.
  var inner: (indicator: any Indicator, arguments: [Double]) { get }
  /// What is computed from that, with its arguments.
  var outer: (indicator: any Indicator, arguments: [Double]) { get }
}
