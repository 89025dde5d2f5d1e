import Kernels

/// The band some average true ranges above the exponential average.
struct KeltnerUpper: Indicator {
  static let signature = channelSignature(
    name: "keltner_upper", summary: "ema(close, n) plus k average true ranges.")

  private var channel: KeltnerChannel

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    channel = KeltnerChannel(length: Int(arguments[0]), width: arguments[1])
  }

  var warmup: Int { channel.length }
  var lookback: Int { 1 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) { channel.evaluate(inputs, into: output, count: count) }
}

/// The band some average true ranges below the exponential average.
struct KeltnerLower: Indicator {
  static let signature = channelSignature(
    name: "keltner_lower", summary: "ema(close, n) less k average true ranges.")

  private var channel: KeltnerChannel

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    channel = KeltnerChannel(length: Int(arguments[0]), width: -arguments[1])
  }

  var warmup: Int { channel.length }
  var lookback: Int { 1 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) { channel.evaluate(inputs, into: output, count: count) }
}

private func channelSignature(name: String, summary: String) -> IndicatorSignature {
  IndicatorSignature(
    name: name, inputs: [.field("high"), .field("low"), .field("close")],
    arguments: [.bars("n"), .number("k", atLeast: 0)], summary: summary,
    seeding:
      "The average is that of ema(close, n), the range that of atr(n), which is defined one bar later; "
      + "both again after a gap.",
    source: "Keltner, How to Make Money in Commodities (1960), as Raschke draws it")
}

/// An exponential average and average true ranges beside it.
private struct KeltnerChannel {
  let length: Int
  private let width: Double
  private var middle: Smoother
  private var range: Smoother
  private var closes = SeriesTail()
  private var ranges = SeriesTail()

  init(length: Int, width: Double) {
    self.length = length
    self.width = width
    middle = Smoother(exponential: length)
    range = Smoother(wilder: length)
  }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let (high, low, close) = (inputs[0].base, inputs[1].base, inputs[2].base)
    let column = (SeriesTail.capacity + 7) / 8 * 8
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * column) {
      let known = $0.baseAddress.unsafelyUnwrapped + 4
      let reach = known + column
      let average = reach + column
      forEachPiece(of: count) { start, count in
        closes.begin(known)
        ranges.begin(reach)
        trueRanges(
          high: high + start, low: low + start, close: close + start, into: reach, count: count)
        for bar in 0..<count {
          // A close counts where the whole bar is known, so that both averages start again together.
          let others =
            (high[start + bar] - high[start + bar]) + (low[start + bar] - low[start + bar])
          known[bar] = close[start + bar] + others
        }
        middle.evaluate(known, into: average, count: count)
        range.evaluate(reach, into: output + start, count: count)
        for bar in 0..<count { output[start + bar] = average[bar] + width * output[start + bar] }
        closes.end(known, count: count)
        ranges.end(reach, count: count)
      }
    }
  }
}
