import Kernels

/// The sample standard deviation over a window.
struct StandardDeviation: SummedWindowIndicator {
  static let signature = IndicatorSignature(
    name: "stdev", inputs: [.expression("x")], arguments: [.bars("n", atLeast: 2)],
    summary: "Sample standard deviation (divisor n − 1) of the last n values of x.",
    seeding: "None: full windows only.",
    source: "pandas rolling.std; TA-Lib STDDEV divides by n")

  typealias Terms = SpreadTerms

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<SpreadTerms>, _ x: SeriesBlock, at bar: Int) -> L {
    sums.deviation(length: known.window, divisor: known.window - 1, at: bar)
  }
}
