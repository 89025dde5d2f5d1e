import Kernels

/// Wilder's average directional index.
struct AverageDirectionalIndex: Indicator {
  static let signature = IndicatorSignature(
    name: "adx", inputs: [.field("high"), .field("low"), .field("close")], arguments: [.bars("n")],
    summary: "Average directional index, 0 to 100: strength of a trend, whatever its direction.",
    seeding:
      "Sums of movement and range over n − 1 bars, then smoothed for n bars whose mean directional "
      + "index is the first value; again after a gap. A bar without movement keeps the value.",
    source: "Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib ADX")

  let warmup: Int
  private var ups: Smoother
  private var downs: Smoother
  private var upTail = SeriesTail()
  private var downTail = SeriesTail()
  private var average: DirectionalAverage

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    let length = Int(arguments[0])
    warmup = 2 * length - 1
    average = DirectionalAverage(length: length)
    ups = Smoother(summing: length)
    downs = Smoother(summing: length)
  }

  var lookback: Int { 1 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let capacity = 2 * SeriesTail.capacity + laneBlockBars
    withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) {
      let up = $0.baseAddress.unsafelyUnwrapped + 4
      let down = up + SeriesTail.capacity
      let fallen = down + laneBlockBars
      forEachPiece(of: count) { start, count in
        let risen = output + start
        upTail.begin(up)
        downTail.begin(down)
        let (high, low) = (inputs[0].base + start, inputs[1].base + start)
        trueRanges(
          high: high, low: low, close: inputs[2].base + start, into: risen, count: count)
        moves(high: high, low: low, range: risen, up: up, down: down, count: count)
        Smoother.evaluate(&ups, up, into: risen, &downs, down, into: fallen, count: count)
        // The range, by which Wilder divides both, cancels in the index.
        for bar in 0..<count {
          let difference = risen[bar] - fallen[bar]
          let distance = difference < 0 ? 0 - difference : difference
          fallen[bar] = 100 * (distance / (risen[bar] + fallen[bar]))
        }
        var state = average
        for bar in 0..<count { risen[bar] = state.next(fallen[bar], isKnown: up[bar].isFinite) }
        average = state
        upTail.end(up, count: count)
        downTail.end(down, count: count)
      }
    }
  }
}

/// Wilder's average of the directional index, which it sums up to the first value; NaN where nothing moved.
private struct DirectionalAverage {
  private let length: Double
  private let share: Double
  private let warmup: Int
  /// Bars since the gap, counted to the first value.
  private var seen = 0
  private var value = 0.0

  init(length: Int) {
    self.length = Double(length)
    share = 1 / Double(length)
    warmup = 2 * length - 1
  }

  @inline(always) mutating func next(_ index: Double, isKnown: Bool) -> Double {
    guard isKnown else {
      (seen, value) = (0, 0)
      return .nan
    }
    if seen < warmup {
      seen += 1
      value += index.isNaN ? 0 : index
      guard seen == warmup else { return .nan }
      value /= length
    } else {
      let next = value + (index - value) * share
      value = index.isNaN ? value : next
    }
    return value
  }
}

/// Wilder's directional movements: the larger of the bar's rise and fall, if it is one; the rise NaN with the range.
@inline(never)
private func moves(
  high: UnsafePointer<Double>, low: UnsafePointer<Double>, range: UnsafePointer<Double>,
  up: UnsafeMutablePointer<Double>, down: UnsafeMutablePointer<Double>, count: Int
) {
  for bar in 0..<count {
    let rise = high[bar] - high[bar - 1]
    let fall = low[bar - 1] - low[bar]
    let gain = rise > fall ? rise : 0
    let loss = fall > rise ? fall : 0
    up[bar] = (gain > 0 ? gain : 0) + (range[bar] - range[bar])
    down[bar] = loss > 0 ? loss : 0
  }
}
