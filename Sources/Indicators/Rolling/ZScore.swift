import Kernels

/// The distance from the window's mean in standard deviations.
struct ZScore: SummedWindowIndicator {
  static let signature = IndicatorSignature(
    name: "zscore", inputs: [.expression("x")], arguments: [.bars("n", atLeast: 2)],
    summary: "x less its mean over n bars, in sample standard deviations (divisor n − 1).",
    seeding: "None: full windows only. NaN if all values are equal.",
    source: "pandas (x − rolling.mean) / rolling.std")

  typealias Terms = SpreadTerms

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<SpreadTerms>, _ x: SeriesBlock, at bar: Int) -> L {
    let deviation: L = sums.deviation(length: known.window, divisor: known.window - 1, at: bar)
    let shift: L = sums.shift(length: known.window, at: bar)
    let anchor: L = sums.anchor(at: bar)
    return ((L.load(x, at: bar) - anchor) - shift) / deviation
  }
}
