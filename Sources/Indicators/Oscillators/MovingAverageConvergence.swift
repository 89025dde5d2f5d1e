import Kernels

/// The difference of two exponential averages, bar by bar.
private struct ConvergenceLine {
  private var fast: ExponentialMean
  private var slow: ExponentialMean
  let warmup: Int

  init(fast: Double, slow: Double) {
    self.fast = ExponentialMean(length: Int(fast))
    self.slow = ExponentialMean(length: Int(slow))
    warmup = Int(max(fast, slow)) - 1
  }

  @inline(__always) mutating func next(_ x: Double) -> Double { fast.next(x) - slow.next(x) }
}

/// What `macd_signal` and `macd_histogram` share: the line and its average.
private struct ConvergenceSignal {
  private var line: ConvergenceLine
  private var average: ExponentialMean
  let warmup: Int

  init(_ arguments: [Double]) {
    line = ConvergenceLine(fast: arguments[0], slow: arguments[1])
    average = ExponentialMean(length: Int(arguments[2]))
    warmup = line.warmup + Int(arguments[2]) - 1
  }

  @inline(__always) mutating func next(_ x: Double) -> (line: Double, signal: Double) {
    let value = line.next(x)
    return (value, average.next(value))
  }
}

private let seeding =
  "Each average starts with the mean of its own first values, as ema does, and again "
  + "after a gap. TA-Lib's MACD starts both at the bar where the slow one starts; the difference "
  + "fades as (1 − 2/(fast + 1))^bars."
private let source =
  "Appel, Technical Analysis: Power Tools for Active Investors (2005); TA-Lib EMA"

/// The line of moving average convergence and divergence.
struct MovingAverageConvergence: Indicator {
  static let signature = IndicatorSignature(
    name: "macd", inputs: [.expression("x")], arguments: [.bars("fast"), .bars("slow")],
    summary: "ema(x, fast) less ema(x, slow).", seeding: seeding, source: source)

  private var line: ConvergenceLine

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    line = ConvergenceLine(fast: arguments[0], slow: arguments[1])
  }

  var warmup: Int { line.warmup }
  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    for bar in 0..<count { output[bar] = line.next(x[bar]) }
  }
}

/// The signal of moving average convergence and divergence.
struct ConvergenceSignalLine: Indicator {
  static let signature = IndicatorSignature(
    name: "macd_signal", inputs: [.expression("x")],
    arguments: [.bars("fast"), .bars("slow"), .bars("signal")],
    summary: "Exponential moving average of macd(x, fast, slow) over signal bars.",
    seeding: seeding, source: source)

  private var state: ConvergenceSignal

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    state = ConvergenceSignal(arguments)
  }

  var warmup: Int { state.warmup }
  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    for bar in 0..<count { output[bar] = state.next(x[bar]).signal }
  }
}

/// The line less its signal.
struct ConvergenceHistogram: Indicator {
  static let signature = IndicatorSignature(
    name: "macd_histogram", inputs: [.expression("x")],
    arguments: [.bars("fast"), .bars("slow"), .bars("signal")],
    summary: "macd(x, fast, slow) less macd_signal(x, fast, slow, signal).",
    seeding: seeding, source: source)

  private var state: ConvergenceSignal

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    state = ConvergenceSignal(arguments)
  }

  var warmup: Int { state.warmup }
  var lookback: Int { 0 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    for bar in 0..<count {
      let (line, signal) = state.next(x[bar])
      output[bar] = line - signal
    }
  }
}
