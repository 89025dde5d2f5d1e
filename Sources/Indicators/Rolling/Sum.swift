import Kernels

/// The sum over a window.
struct Sum: PrefixSummed {
  static let signature = IndicatorSignature(
    name: "sum", inputs: [.expression("x")], arguments: [.bars("n")],
    summary: "Sum of the last n values of x.",
    seeding: "None: full windows only. Decimals with up to six places are summed exactly.",
    source: "TA-Lib SUM, pandas rolling.sum")

  private var moving: MovingSum

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    moving = MovingSum(window: Int(arguments[0]))
  }

  var window: Int { moving.window }
  var isMean: Bool { false }
  var warmup: Int { moving.window - 1 }
  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    for bar in 0..<count { output[bar] = moving.next(x[bar], dividedBy: MovingSum.sumDivisor) }
  }
}
