import Dispatch
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
  ///   - isCancelled: asked now and then.
  /// - Returns: intervals; nil if it was cancelled.
  public func run(
    _ summaries: [LaneSummary], metric: any Metric, workers: Int = 1,
    isCancelled: @Sendable () -> Bool = { false }
  ) -> Outcome? {
    let count = summaries.count
    guard count > 0, samples > 0 else { return Outcome() }
    let bars = summaries[0].observations
    let table = ChallengeTable(rows: samples, columns: count)
    let draws = Slots<[Int32]>(count: samples)
    Self.each(samples, workers) { draws.set($0, self.bars(of: $0, count: bars)) }
    let drawn = draws.values
    let (low, high) = (
      Slots<[Double]>(count: (count + 7) / 8), Slots<[Double]>(count: (count + 7) / 8)
    )
    let sampler = ChallengeSampler(summaries: summaries, metric: metric, draws: drawn)
    Self.each((count + 7) / 8, workers) { block in
      guard !isCancelled() else { return }
      let lanes = block * 8..<min(block * 8 + 8, count)
      sampler.sample(lanes, into: table)
      let columns = lanes.map { table.column($0).filter { !$0.isNaN }.sorted() }
      let tail = (1 - level) / 2
      low.set(block, columns.map { Self.quantile($0, tail, of: samples) })
      high.set(block, columns.map { Self.quantile($0, 1 - tail, of: samples) })
    }
    if isCancelled() { return nil }
    let isLowerBetter = metric.direction == .lower
    Self.each(samples, workers) { sample in
      guard !isCancelled() else { return }
      Self.rank(table, row: sample, isLowerBetter)
    }
    if isCancelled() { return nil }
    var outcome = Outcome()
    outcome.low = low.values.flatMap { $0 }
    outcome.high = high.values.flatMap { $0 }
    let places = Slots<(Double, Double, Double)>(count: count)
    Self.each(count, workers) { lane in
      let ranks = table.column(lane).sorted()
      let tail = (1 - level) / 2
      let first = min(samples - 1, Int((tail * Double(samples)).rounded(.down)))
      places.set(
        lane,
        (
          ranks[first], ranks[samples - 1 - first],
          Double(ranks.prefix { $0 == 1 }.count) / Double(samples)
        ))
    }
    for place in places.values {
      outcome.rankLow.append(place.0)
      outcome.rankHigh.append(place.1)
      outcome.firstShare.append(place.2)
    }
    return outcome
  }

  private static func each(_ count: Int, _ workers: Int, _ body: @Sendable (Int) -> Void) {
    let loop = TileLoop(tiles: count, workers: workers)
    // Nothing in it throws.
    _ = try? loop.run(isCancelled: { false }, room: { () }) { tile, _ in body(tile) }
  }

  /// Type 7, over values in order; NaN where fewer than half of the samples have one.
  static func quantile(_ sorted: [Double], _ p: Double, of samples: Int) -> Double {
    guard sorted.count * 2 >= samples, let last = sorted.last else { return .nan }
    let place = p * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }

  /// Puts places where a sample's values were: 1, 2, 2, 4; undefined values share the last.
  private static func rank(_ table: ChallengeTable, row: Int, _ isLowerBetter: Bool) {
    let values = table.row(row)
    var order: [(worth: Double, column: Int)] = []
    order.reserveCapacity(values.count)
    for (column, value) in values.enumerated() {
      order.append((ChallengeRanking.worth(value, isLowerBetter), column))
    }
    order.sort { $0.worth > $1.worth }
    var (rank, before) = (0, Double.nan)
    for (place, item) in order.enumerated() {
      if item.worth != before { rank = place + 1 }
      before = item.worth
      values[item.column] = Double(rank)
    }
  }
}

/// Numbers of samples and participants `[rows, columns]`, which workers fill place by place.
final class ChallengeTable: @unchecked Sendable {
  // Safe as each place is written by one worker, and read by others only after all have ended.
  private let values: UnsafeMutableBufferPointer<Double>
  private let rows: Int
  private let columns: Int

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    values = .allocate(capacity: rows * columns)
    values.initialize(repeating: .nan)
  }

  deinit { values.deallocate() }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  func row(_ row: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: values[row * columns..<(row + 1) * columns])
  }

  func column(_ column: Int) -> [Double] { (0..<rows).map { values[$0 * columns + column] } }
}
