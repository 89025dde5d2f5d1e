import Kernels

/// Where the close lies in the range of a window.
struct Stochastic: WindowIndicator {
  static let signature = IndicatorSignature(
    name: "stochastic", inputs: [.field("high"), .field("low"), .field("close")],
    arguments: [.bars("n")],
    summary:
      "Fast %K: place of the close between the lowest low (0) and the highest high (100) of n bars.",
    seeding: "None: full windows only. NaN if the range is 0.",
    source: "Lane (1984); TA-Lib STOCHF, which gives 0 if the range is 0")

  private let length: Int

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    length = Int(arguments[0])
  }

  var lookback: Int { length - 1 }

  @inline(__always) func window<L: Lane>(_ inputs: [SeriesBlock], at bar: Int) -> L {
    let close = inputs[2]
    let top: L = highest(inputs[0], at: bar, length: length)
    let bottom: L = lowest(inputs[1], at: bar, length: length)
    // A missing close makes its window undefined as a missing high or low does.
    var defined = L(repeating: 0)
    var age = 1
    while age < length {
      let value = L.load(close, at: bar - age)
      defined = defined + (value - value)
      age += 1
    }
    let place = (L.load(close, at: bar) - bottom) / (top - bottom)
    return (L(repeating: 100) * place + defined).finiteOrNaN
  }
}

/// The simple average of the stochastic.
struct SmoothedStochastic: Indicator {
  static let signature = IndicatorSignature(
    name: "stochastic_d", inputs: Stochastic.signature.inputs,
    arguments: [.bars("n"), .bars("m")],
    summary: "Fast %D: mean of the last m values of stochastic(n).",
    seeding: "None: full windows only. NaN if one of the m values is NaN.",
    source: "Lane (1984); TA-Lib STOCHF with simple averages")

  private var fast: Stochastic
  private var moving: MovingSum

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    fast = try Stochastic(arguments: [arguments[0]])
    moving = MovingSum(window: Int(arguments[1]))
  }

  var warmup: Int { fast.warmup + moving.window - 1 }
  var lookback: Int { fast.lookback }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    fast.evaluate(inputs, into: output, count: count)
    let divisor = moving.meanDivisor
    for bar in 0..<count { output[bar] = moving.next(output[bar], dividedBy: divisor) }
  }
}
