import Kernels

/// Where the close lies in the range of a window.
struct Stochastic: FullWindowIndicator {
  static let signature = IndicatorSignature(
    name: "stochastic", inputs: [.field("high"), .field("low"), .field("close")],
    arguments: [.bars("n")],
    summary:
      "Fast %K: place of the close between the lowest low (0) and the highest high (100) of n bars.",
    seeding: "None: full windows only. NaN if the range is 0.",
    source: "Lane (1984); TA-Lib STOCHF, which gives 0 if the range is 0")

  var known: KnownBars

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    known = KnownBars(window: Int(arguments[0]))
  }

  func fill(
    _ inputs: [SeriesBlock], from start: Int, place: Int,
    into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let close = inputs[2].base + start
    Largest.fill(inputs[0].base + start, length: known.window, into: output, count: count)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: fullWindowBars) {
      let bottom = $0.baseAddress.unsafelyUnwrapped
      Least.fill(inputs[1].base + start, length: known.window, into: bottom, count: count)
      for bar in 0..<count {
        let place = (close[bar] - bottom[bar]) / (output[bar] - bottom[bar])
        output[bar] = (100 * place).finiteOrNaN
      }
    }
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
