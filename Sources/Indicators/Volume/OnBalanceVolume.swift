import Kernels

/// Volume added up with the sign of the day's move.
struct OnBalanceVolume: Indicator {
  static let signature = IndicatorSignature(
    name: "obv", inputs: [.field("close"), .field("volume")], arguments: [],
    summary: "On-balance volume: volume added when the close rises, taken away when it falls.",
    seeding:
      "0 at the first bar whose close and volume are known, and again at the first bar after a gap. "
      + "TA-Lib starts with that bar's volume.",
    source: "Granville (1963); TA-Lib OBV")

  private var total = 0.0
  private var last = Double.nan

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
  }

  var warmup: Int { 0 }
  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let (close, volume) = (inputs[0], inputs[1])
    for bar in 0..<count { output[bar] = next(close: close[bar], volume: volume[bar]) }
  }

  @inline(__always) private mutating func next(close: Double, volume: Double) -> Double {
    guard close.isFinite, volume.isFinite else {
      last = .nan
      return .nan
    }
    if last.isNaN {
      total = 0
    } else if close > last {
      total += volume
    } else if close < last {
      total -= volume
    }
    last = close
    return total
  }
}
