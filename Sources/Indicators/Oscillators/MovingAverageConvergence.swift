import Kernels

/// The difference of two exponential averages.
private struct ConvergenceLine {
  private var fast: Smoother
  private var slow: Smoother
  let warmup: Int

  init(fast: Double, slow: Double) {
    self.fast = Smoother(exponential: Int(fast))
    self.slow = Smoother(exponential: Int(slow))
    warmup = Int(max(fast, slow)) - 1
  }

  /// At most `laneBlockBars` bars.
  @inline(always)
  mutating func evaluate(
    _ x: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: laneBlockBars) {
      let other = $0.baseAddress.unsafelyUnwrapped
      Smoother.evaluate(&fast, x, into: output, &slow, x, into: other, count: count)
      for bar in 0..<count { output[bar] -= other[bar] }
    }
  }
}

/// What `macd_signal` and `macd_histogram` share: the line and its average.
private struct ConvergenceSignal {
  private var line: ConvergenceLine
  private var tail = SeriesTail()
  private var average: Smoother
  let warmup: Int

  init(_ arguments: [Double]) {
    line = ConvergenceLine(fast: arguments[0], slow: arguments[1])
    average = Smoother(exponential: Int(arguments[2]))
    warmup = line.warmup + Int(arguments[2]) - 1
  }

  /// Fills the output with the average, or with the line less the average.
  mutating func evaluate(
    _ x: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>, count: Int,
    isHistogram: Bool
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: SeriesTail.capacity) {
      let block = $0.baseAddress.unsafelyUnwrapped + 4
      forEachPiece(of: count) { start, count in
        tail.begin(block)
        line.evaluate(x + start, into: block, count: count)
        average.evaluate(block, into: output + start, count: count)
        if isHistogram {
          for bar in 0..<count { output[start + bar] = block[bar] - output[start + bar] }
        }
        tail.end(block, count: count)
      }
    }
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
  var lookback: Int { Smoother.lookback }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0].base
    forEachPiece(of: count) { start, count in
      line.evaluate(x + start, into: output + start, count: count)
    }
  }
}

/// The signal of moving average convergence and divergence.
struct ConvergenceSignalLine: ComposedIndicator {
  static let signature = IndicatorSignature(
    name: "macd_signal", inputs: [.expression("x")],
    arguments: [.bars("fast"), .bars("slow"), .bars("signal")],
    summary: "Exponential moving average of macd(x, fast, slow) over signal bars.",
    seeding: seeding, source: source)

  private var state: ConvergenceSignal
  let inner: (indicator: any Indicator, arguments: [Double])
  let outer: (indicator: any Indicator, arguments: [Double])

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    state = ConvergenceSignal(arguments)
    let line = Array(arguments[..<2])
    inner = (try MovingAverageConvergence(arguments: line), line)
    outer = (try ExponentialMovingAverage(arguments: [arguments[2]]), [arguments[2]])
  }

  var warmup: Int { state.warmup }
  var lookback: Int { Smoother.lookback }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    state.evaluate(inputs[0].base, into: output, count: count, isHistogram: false)
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
  var lookback: Int { Smoother.lookback }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    state.evaluate(inputs[0].base, into: output, count: count, isHistogram: true)
  }
}
