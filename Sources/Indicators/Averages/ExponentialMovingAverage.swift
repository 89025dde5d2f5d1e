import Kernels

/// An exponential moving average.
struct ExponentialMovingAverage: Indicator {
  static let signature = IndicatorSignature(
    name: "ema", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Exponential moving average of x with weight 2/(n + 1).",
    seeding: "Mean of the first n values; again after a gap.",
    source: "TA-Lib EMA")

  let warmup: Int
  private var average: ExponentialMean

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    warmup = Int(arguments[0]) - 1
    average = ExponentialMean(length: warmup + 1)
  }

  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    for bar in 0..<count { output[bar] = average.next(x[bar]) }
  }
}
