import Kernels
import Metrics

/// How sure a metric and the places by it are: the stationary block bootstrap, with the same blocks for all participants.
///
/// A sample draws as many bars as there are. Its first bar, and with probability 1 / `meanBlock` each later one, is drawn evenly from all;
/// else it is the bar after the one before, the first after the last. So what participants had in common stays common.
///
/// - Source: Politis and Romano, J. American Statistical Association 89 (1994).
public struct ChallengeBootstrap: Sendable, Equatable {
  /// Number of samples; 0 for none.
  public var samples = 1000
  /// Mean length of blocks in bars, from 1.
  public var meanBlock = 10.0
  /// Share of samples that an interval holds, half of the rest on either side.
  public var level = 0.95
  /// Seed.
  public var seed: UInt64 = 1

  /// The defaults.
  public init() {}

  /// Intervals of participants.
  public struct Outcome: Sendable, Equatable {
    /// Lower ends of intervals of the metric: quantiles of its values over the samples, interpolated; NaN where too few are defined.
    public var low: [Double] = []
    /// Upper ends.
    public var high: [Double] = []
    /// Best places of intervals of the place: values that occurred.
    public var rankLow: [Double] = []
    /// Worst places.
    public var rankHigh: [Double] = []
    /// Share of samples in which nobody was better.
    public var firstShare: [Double] = []

    /// No intervals.
    public init() {}
  }

  /// The bars of a sample: `[count]`.
  public func bars(of sample: Int, count: Int) -> [Int32] {
    let stream = PhiloxStream(seed: seed, stream: UInt32(truncatingIfNeeded: sample))
    var bars: [Int32] = []
    bars.reserveCapacity(count)
    for step in 0..<count {
      let draw = stream.uniforms(step: UInt32(truncatingIfNeeded: step))
      if step == 0 || draw[0] * meanBlock < 1 {
        bars.append(Int32(min(count - 1, Int(draw[1] * Double(count)))))
      } else {
        let next = Int(bars[step - 1]) + 1
        bars.append(Int32(next == count ? 0 : next))
      }
    }
    return bars
  }

  /// Why a metric has no intervals; nil if it has.
  public static func refusal(of metric: any Metric) -> String? {
    if metric.needs.contains(.tradeSums) || metric.needs.contains(.history) {
      return "it is made of trades, and samples are of returns"
    }
    if metric.needs.contains(.periods) {
      return "it is made of periods of the calendar, which samples do not keep"
    }
    return nil
  }

  /// Draws samples, and measures and ranks all participants in each.
  ///
  /// O(samples × participants) memory, 8 bytes each.
  ///
  /// - Parameters:
  ///   - summaries: of participants, with their returns, all of one length.
  ///   - metric: what ranks; one without a `refusal`.
  ///   - kernels: loops of an instruction set; all give the same bits.
  ///   - isCancelled: asked now and then.
  /// - Returns: intervals; nil if it was cancelled.
  public func run(
    _ summaries: [LaneSummary], metric: any Metric, kernels: KernelTable, workers: Int = 1,
    isCancelled: @Sendable () -> Bool = { false }
  ) -> Outcome? {
    let count = summaries.count
    guard count > 0, samples > 0 else { return Outcome() }
    let bars = summaries[0].observations
    let table = ChallengeTable(rows: samples, columns: count)
    let draws = Slots<[Int32]>(count: samples)
    Self.each(samples, workers) { sample, _ in draws.set(sample, self.bars(of: sample, count: bars))
    }
    let sampler = ChallengeSampler(
      summaries: summaries, metric: metric, draws: draws.values.flatMap { $0 }, kernels: kernels)
    let blocks = (count + laneWidth - 1) / laneWidth
    let tail = (1 - level) / 2
    let intervals = Slots<[(Double, Double)]>(count: blocks)
    Self.each(blocks, workers) { block, _ in
      guard !isCancelled() else { return }
      let lanes = block * laneWidth..<min((block + 1) * laneWidth, count)
      sampler.sample(lanes, into: table)
      intervals.set(block, table.columns(lanes).map { Self.interval($0, tail, of: samples) })
    }
    if isCancelled() { return nil }
    let isLowerBetter = metric.direction == .lower
    Self.each(samples, workers) { sample, order in
      guard !isCancelled() else { return }
      order.rank(table.row(sample), isLowerBetter: isLowerBetter)
    }
    if isCancelled() { return nil }
    let places = Slots<[(Double, Double, Double)]>(count: blocks)
    let first = min(samples - 1, Int((tail * Double(samples)).rounded(.down)))
    Self.each(blocks, workers) { block, _ in
      let lanes = block * laneWidth..<min((block + 1) * laneWidth, count)
      places.set(
        block,
        table.columns(lanes).map { ranks in
          var selection = Selection(of: ranks)
          return (
            selection.smallest(rank: first + 1), selection.smallest(rank: samples - first),
            Double(ranks.count { $0 == 1 }) / Double(samples)
          )
        })
    }
    var outcome = Outcome()
    for (low, high) in intervals.values.flatMap({ $0 }) {
      outcome.low.append(low)
      outcome.high.append(high)
    }
    for (low, high, share) in places.values.flatMap({ $0 }) {
      outcome.rankLow.append(low)
      outcome.rankHigh.append(high)
      outcome.firstShare.append(share)
    }
    return outcome
  }

  private static func each(
    _ count: Int, _ workers: Int, _ body: @Sendable (Int, inout ChallengeOrder) -> Void
  ) {
    let loop = TileLoop(tiles: count, workers: workers)
    // Nothing in it throws.
    _ = try? loop.run(isCancelled: { false }, room: { ChallengeOrder() }) { body($0, &$1) }
  }

  /// Quantiles of type 7 of the values that are defined; NaN where fewer than half of the samples have one.
  static func interval(_ values: [Double], _ tail: Double, of samples: Int) -> (Double, Double) {
    let values = values.filter { !$0.isNaN }
    guard values.count * 2 >= samples, !values.isEmpty else { return (.nan, .nan) }
    var selection = Selection(of: values)
    func quantile(_ p: Double) -> Double {
      let place = p * Double(values.count - 1)
      let index = Int(place)
      let low = selection.smallest(rank: index + 1)
      guard index + 1 < values.count else { return low }
      return low + (place - Double(index)) * (selection.smallest(rank: index + 2) - low)
    }
    return (quantile(tail), quantile(1 - tail))
  }
}
