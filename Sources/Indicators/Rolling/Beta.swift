import Kernels

/// The slope of one series on another over a window.
struct Beta: SummedWindowIndicator {
  static let signature = IndicatorSignature(
    name: "beta", inputs: [.expression("y"), .expression("x")],
    arguments: [.bars("n", atLeast: 2)],
    summary:
      "Slope of the least-squares line of y on x through the last n values: covariance over variance of x.",
    seeding: "None: full windows only. NaN if x is constant in the window.",
    source: "TA-Lib BETA on its own inputs, pandas rolling.cov / rolling.var")

  typealias Terms = ProductTerms

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<ProductTerms>, _ y: SeriesBlock, at bar: Int) -> L {
    let share = L(repeating: 1 / Double(known.window))
    let (a, b): (L, L) = (sums.sum(0, at: bar), sums.sum(1, at: bar))
    let (bb, ab): (L, L) = (sums.sum(3, at: bar), sums.sum(4, at: bar))
    return ((ab - a * b * share) / (bb - b * b * share)).finiteOrNaN
  }
}
