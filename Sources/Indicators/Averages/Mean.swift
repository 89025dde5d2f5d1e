import Kernels

/// The mean over a window.
struct Mean: PrefixSummed {
  static let signature = IndicatorSignature(
    name: "mean", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Mean of the last n values of x.",
    seeding: "None: full windows only. Decimals with up to six places are summed exactly, so means "
      + "that are equal compare equal.",
    source: "TA-Lib SMA, pandas rolling.mean")

  private var moving: MovingSum

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    moving = MovingSum(window: Int(arguments[0]))
  }

  var window: Int { moving.window }
  var isMean: Bool { true }
  var warmup: Int { moving.window - 1 }
  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    let divisor = moving.meanDivisor
    for bar in 0..<count { output[bar] = moving.next(x[bar], dividedBy: divisor) }
  }
}

/// `mean` under the name that chart users know.
struct SimpleMovingAverage: PrefixSummed {
  static let signature = IndicatorSignature(
    name: "sma", inputs: Mean.signature.inputs, arguments: Mean.signature.arguments,
    summary: "Simple moving average: mean of the last n values of x.",
    seeding: Mean.signature.seeding, source: Mean.signature.source)

  private var mean: Mean

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    mean = try Mean(arguments: arguments)
  }

  var window: Int { mean.window }
  var isMean: Bool { true }
  var warmup: Int { mean.warmup }
  var lookback: Int { mean.lookback }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    mean.evaluate(inputs, into: output, count: count)
  }
}
