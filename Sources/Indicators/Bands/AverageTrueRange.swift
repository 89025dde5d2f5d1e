import Kernels

/// Wilder's average true range.
struct AverageTrueRange: Indicator {
  static let signature = IndicatorSignature(
    name: "atr", inputs: [.field("high"), .field("low"), .field("close")], arguments: [.bars("n")],
    summary:
      "Average true range: Wilder's average of the bar's range, gaps from the last close included.",
    seeding:
      "Mean of the first n true ranges, the first of which is that of the second bar; again after "
      + "a gap.",
    source: "Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ATR")

  let warmup: Int
  private var average: Smoother
  private var tail = SeriesTail()

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    warmup = Int(arguments[0])
    average = Smoother(wilder: warmup)
  }

  var lookback: Int { 1 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let (high, low, close) = (inputs[0], inputs[1], inputs[2])
    withUnsafeTemporaryAllocation(of: Double.self, capacity: SeriesTail.capacity) {
      let range = $0.baseAddress.unsafelyUnwrapped + 4
      forEachPiece(of: count) { start, count in
        tail.begin(range)
        trueRanges(
          high: high.base + start, low: low.base + start, close: close.base + start, into: range,
          count: count)
        average.evaluate(range, into: output + start, count: count)
        tail.end(range, count: count)
      }
    }
  }
}
