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
  /// NaN after a gap.
  private var last = Double.nan

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
  }

  var warmup: Int { 0 }
  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let (close, volume) = (inputs[0].base, inputs[1].base)
    var (sum, before) = (total, last)
    for bar in 0..<count {
      let now = close[bar]
      let traded = volume[bar]
      // No branch on the direction, which nobody foresees; after a gap neither comparison holds.
      let signed = now > before ? traded : 0
      sum += signed - (now < before ? traded : 0)
      before = now
      output[bar] = sum
      if !((now - now) + (traded - traded) == 0) {
        (sum, before) = (0, .nan)
        output[bar] = .nan
      }
    }
    (total, last) = (sum, before)
  }
}
