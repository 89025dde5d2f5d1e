import Kernels

/// The slope of the least-squares line through a window.
struct Slope: SummedWindowIndicator {
  static let signature = IndicatorSignature(
    name: "slope", inputs: [.expression("x")], arguments: [.bars("n", atLeast: 2)],
    summary: "Slope per bar of the least-squares line through the last n values of x.",
    seeding: "None: full windows only.",
    source: "TA-Lib LINEARREG_SLOPE")

  typealias Terms = TrendTerms

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<TrendTerms>, _ x: SeriesBlock, at bar: Int) -> L {
    // Weights of time sum to 0, so differences from the anchor give the same slope.
    let n = Double(known.window)
    let middle = L(repeating: (n - 1) / 2) - sums.age(at: bar)
    let sum: L = sums.sum(0, at: bar)
    let moment: L = sums.sum(1, at: bar)
    return (middle * sum + moment) / L(repeating: n * (n * n - 1) / 12)
  }
}
