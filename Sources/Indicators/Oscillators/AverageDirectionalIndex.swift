import Kernels

/// Wilder's average directional index.
struct AverageDirectionalIndex: Indicator {
  static let signature = IndicatorSignature(
    name: "adx", inputs: [.field("high"), .field("low"), .field("close")], arguments: [.bars("n")],
    summary: "Average directional index, 0 to 100: strength of a trend, whatever its direction.",
    seeding:
      "Sums of movement and range over n − 1 bars, then smoothed for n bars whose mean directional "
      + "index is the first value; again after a gap. A bar without movement keeps the value.",
    source: "Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ADX")

  let warmup: Int
  private let length: Double
  private var last: PriceBar?
  /// Bars since the gap, counted to one after the first value.
  private var seen = 0
  private var range = 0.0
  private var up = 0.0
  private var down = 0.0
  private var average = 0.0

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = arguments[0]
    warmup = 2 * Int(length) - 1
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

  private mutating func next(_ bar: PriceBar) -> Double {
    guard bar.isKnown else {
      last = nil
      return .nan
    }
    defer { last = bar }
    guard let last else {
      (seen, range, up, down, average) = (0, 0, 0, 0, 0)
      return .nan
    }
    if seen <= warmup { seen += 1 }
    if seen >= Int(length) {
      range -= range / length
      up -= up / length
      down -= down / length
    }
    let rise = bar.high - last.high
    let fall = last.low - bar.low
    if fall > 0, fall > rise {
      down += fall
    } else if rise > 0, rise > fall {
      up += rise
    }
    range += bar.trueRange(after: last)
    guard seen >= Int(length) else { return .nan }
    return smooth(directionalIndex)
  }

  /// Directional index of the bar; NaN if nothing moved.
  private var directionalIndex: Double {
    let plus = 100 * (up / range)
    let minus = 100 * (down / range)
    return 100 * (abs(minus - plus) / (minus + plus))
  }

  /// Wilder's average of the directional index, which it sums up to the first value.
  private mutating func smooth(_ index: Double) -> Double {
    if seen <= warmup {
      average += index.isNaN ? 0 : index
      guard seen == warmup else { return .nan }
      average /= length
    } else if !index.isNaN {
      average = (average * (length - 1) + index) / length
    }
    return average
  }
}
