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
  private var average: WilderMean
  private var last: PriceBar?

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    warmup = Int(arguments[0])
    average = WilderMean(length: warmup)
  }

  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let (high, low, close) = (inputs[0], inputs[1], inputs[2])
    for bar in 0..<count {
      output[bar] = next(PriceBar(high: high[bar], low: low[bar], close: close[bar]))
    }
  }

  @inline(__always) private mutating func next(_ bar: PriceBar) -> Double {
    let before = last
    last = bar.isKnown ? bar : nil
    guard bar.isKnown, let before else {
      average.reset()
      return .nan
    }
    return average.next(bar.trueRange(after: before))
  }
}
