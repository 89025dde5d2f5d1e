import Kernels

/// Wilder's relative strength index.
struct RelativeStrengthIndex: Indicator {
  static let signature = IndicatorSignature(
    name: "rsi", inputs: [.expression("x")], arguments: [.bars("n")],
    summary:
      "Relative strength index, 0 to 100: share of gains in Wilder's averages of the changes.",
    seeding:
      "Means of the first n gains and losses; again after a gap. NaN while x has not moved at all, "
      + "where TA-Lib gives 0.",
    source: "Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib RSI")

  let warmup: Int
  private var gains: WilderMean
  private var losses: WilderMean
  private var last = Double.nan

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    warmup = Int(arguments[0])
    gains = WilderMean(length: warmup)
    losses = WilderMean(length: warmup)
  }

  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    for bar in 0..<count { output[bar] = next(x[bar]) }
  }

  @inline(__always) private mutating func next(_ value: Double) -> Double {
    let change = value - last
    last = value
    guard change.isFinite else {
      gains.reset()
      losses.reset()
      return .nan
    }
    let gain = gains.next(change > 0 ? change : 0)
    let loss = losses.next(change < 0 ? -change : 0)
    return 100 * (gain / (gain + loss))
  }
}
