import Kernels

/// The correlation of two series over a window.
struct Correlation: SummedWindowIndicator {
  static let signature = IndicatorSignature(
    name: "correlation", inputs: [.expression("x"), .expression("y")],
    arguments: [.bars("n", atLeast: 2)],
    summary: "Pearson correlation of the last n values of x and y.",
    seeding: "None: full windows only. NaN if either series is constant in the window.",
    source: "TA-Lib CORREL, pandas rolling.corr")

  typealias Terms = ProductTerms

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<ProductTerms>, _ x: SeriesBlock, at bar: Int) -> L {
    let share = L(repeating: 1 / Double(known.window))
    let (a, b): (L, L) = (sums.sum(0, at: bar), sums.sum(1, at: bar))
    let (aa, bb): (L, L) = (sums.sum(2, at: bar), sums.sum(3, at: bar))
    let ab: L = sums.sum(4, at: bar)
    let nothing = L(repeating: 0)
    let aScale = L.larger(nothing, aa - a * a * share).squareRoot()
    let bScale = L.larger(nothing, bb - b * b * share).squareRoot()
    let value = ((ab - a * b * share) / (aScale * bScale)).finiteOrNaN
    // Rounding can pass the ends by a hair. The bound comes first, so that NaN stays.
    let capped = L.smaller(L(repeating: 1), value)
    return L.larger(L(repeating: -1), capped)
  }
}
