import Kernels

/// A linearly weighted mean over a window.
struct WeightedMovingAverage: SummedWindowIndicator {
  static let signature = IndicatorSignature(
    name: "wma", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Weighted mean of the last n values of x: weight n for the newest, 1 for the oldest.",
    seeding: "None: full windows only.",
    source: "TA-Lib WMA")

  typealias Terms = TrendTerms

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  @inline(always)
  func value<L: Lane>(_ sums: WindowSums<TrendTerms>, _ x: SeriesBlock, at bar: Int) -> L {
    let n = Double(known.window)
    let weight = L(repeating: n) - sums.age(at: bar)
    let sum: L = sums.sum(0, at: bar)
    let moment: L = sums.sum(1, at: bar)
    let anchor: L = sums.anchor(at: bar)
    return anchor + (weight * sum + moment) / L(repeating: n * (n + 1) / 2)
  }
}
