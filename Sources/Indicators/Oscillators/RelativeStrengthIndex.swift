import Kernels

/// Wilder's relative strength index.
struct RelativeStrengthIndex: Indicator {
  static let signature = IndicatorSignature(
    name: "rsi", inputs: [.expression("x")], arguments: [.bars("n")],
    summary:
      "Relative strength index, 0 to 100: share of gains in Wilder's averages of the changes.",
    seeding:
      "Means of the first n gains and losses; again after a gap. NaN while x has not moved at all, "
      + "where TA-Lib gives 0.",
    source: "Wilder, New Concepts in Technical Trading Systems (1978); TA-Lib RSI")

  let warmup: Int
  private var gains: Smoother
  private var losses: Smoother
  private var gainTail = SeriesTail()
  private var lossTail = SeriesTail()

  init(arguments: [Double]) throws(IndicatorError) {
    try Self.signature.validate(arguments)
    warmup = Int(arguments[0])
    gains = Smoother(wilder: warmup)
    losses = Smoother(wilder: warmup)
  }

  var lookback: Int { 1 }

  mutating func evaluate(
    _ inputs: [SeriesBlock], into output: UnsafeMutablePointer<Double>, count: Int
  ) {
    let x = inputs[0]
    let capacity = 2 * SeriesTail.capacity + laneBlockBars
    withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) {
      let gain = $0.baseAddress.unsafelyUnwrapped + 4
      let loss = gain + SeriesTail.capacity
      let lost = loss + laneBlockBars
      forEachPiece(of: count) { start, count in
        gainTail.begin(gain)
        lossTail.begin(loss)
        for bar in 0..<count {
          let change = x[start + bar] - x[start + bar - 1]
          // What isn't finite shows in the gain whatever its sign.
          gain[bar] = (change < 0 ? 0 : change) + (change - change)
          loss[bar] = change > 0 ? 0 : 0 - change
        }
        let gained = output + start
        Smoother.evaluate(&gains, gain, into: gained, &losses, loss, into: lost, count: count)
        for bar in 0..<count { gained[bar] = 100 * (gained[bar] / (gained[bar] + lost[bar])) }
        gainTail.end(gain, count: count)
        lossTail.end(loss, count: count)
      }
    }
  }
}
