import Kernels

/// An exponential moving average.
struct ExponentialMovingAverage: Indicator {
  static let signature = IndicatorSignature(
    name: "ema", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Exponential moving average of x with weight 2/(n + 1).",
    seeding: "Mean of the first n values; again after a gap.",
    source: "TA-Lib EMA")

  let warmup: Int
  private var average: Smoother

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    warmup = Int(arguments[0]) - 1
    average = Smoother(exponential: warmup + 1)
  }

  var lookback: Int { Smoother.lookback }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    average.evaluate(inputs[0].base, into: output, count: count)
  }
}
