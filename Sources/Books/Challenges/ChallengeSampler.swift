import Kernels
import Metrics

/// The metric of participants in each sample, eight of them at a time where sums will do.
struct ChallengeSampler: Sendable {
  let summaries: [LaneSummary]
  let metric: any Metric
  /// `[samples, bars]`.
  let draws: [Int32]
  let kernels: KernelTable

  func sample(_ lanes: Range<Int>, into table: ChallengeTable) {
    // What needs returns one by one sorts them, or the like; sums are all that others look at.
    if metric.needs.isDisjoint(with: [.returns, .benchmark]) {
      sums(lanes, table)
    } else {
      series(lanes, table)
    }
  }

  private func series(_ lanes: Range<Int>, _ table: ChallengeTable) {
    for lane in lanes {
      let whole = summaries[lane]
      guard let returns = whole.returns else { continue }
      for row in 0..<draws.count / max(1, returns.count) {
        let bars = draws[row * returns.count..<(row + 1) * returns.count]
        var context: LaneContext?
        if metric.needs.contains(.benchmark), let known = whole.context,
          let benchmark = known.benchmark
        {
          context = LaneContext(
            days: known.days, months: known.months,
            benchmark: bars.map { benchmark[Int($0)] }, daysPerBar: known.daysPerBar)
        }
        var sample = LaneSummary(
          returns: bars.map { returns[Int($0)] }, barsPerYear: whole.barsPerYear,
          calendarDays: whole.calendarDays, riskFreePerBar: whole.riskFreePerBar,
          minimumAcceptablePerBar: whole.minimumAcceptablePerBar,
          initialEquity: whole.initialEquity, context: context)
        sample.barsInPosition = whole.barsInPosition
        table[row, lane] = metric.value(of: sample).number
      }
    }
  }

  private func sums(_ lanes: Range<Int>, _ table: ChallengeTable) {
    let count = summaries[lanes.lowerBound].observations
    let returns = AlignedBuffer(repeating: 0.0, count: count * laneWidth)
    var samples = lanes.map { summaries[$0] }
    for place in samples.indices {
      for (bar, value) in (samples[place].returns ?? []).enumerated() {
        returns[bar * laneWidth + place] = value
      }
      samples[place].returns = nil
    }
    let isWhole = !Self.isOfReturns(metric)
    let sums = AlignedBuffer(repeating: Vector.zero, count: Self.chunk * DrawnRowBlock.figures)
    let rows = draws.count / max(1, count)
    for start in stride(from: 0, to: rows, by: Self.chunk) {
      let end = min(rows, start + Self.chunk)
      draws.withUnsafeBufferPointer { draws in
        guard let base = draws.baseAddress else { return }
        kernels.drawnRows(
          DrawnRowBlock(
            returns: UnsafePointer(returns.base), draws: base + start * count,
            samples: end - start, count: count, acceptable: samples[0].minimumAcceptablePerBar,
            isWhole: isWhole, sums: sums.base))
      }
      for row in start..<end {
        let figures = sums.base + (row - start) * DrawnRowBlock.figures
        for (place, lane) in lanes.enumerated() {
          samples[place].take(figures, place, isWhole: isWhole)
          table[row, lane] = metric.value(of: samples[place]).number
        }
      }
    }
  }

  /// Samples whose sums are kept at a time: 32 KiB.
  private static let chunk = 64

  /// Whether a metric looks at nothing but Σ r, Σ r² and growth, so that the path between need not be followed.
  static func isOfReturns(_ metric: any Metric) -> Bool {
    [
      "sharpe", "volatility", "total_return", "log_return", "final_equity", "mean_return",
      "annual_mean", "geometric_mean", "cagr_periods", "cagr_calendar", "time_weighted_return",
      "risk_return",
    ].contains(metric.name)
  }
}

extension LaneSummary {
  /// The sums of a sample, of one of eight series.
  fileprivate mutating func take(
    _ figures: UnsafeMutablePointer<Vector>, _ place: Int, isWhole: Bool
  ) {
    sumReturns = figures[0][place]
    sumSquaredReturns = figures[1][place]
    finalEquity = initialEquity * figures[2][place]
    guard isWhole else { return }
    sumSquaredDownside = figures[3][place]
    maxDrawdown = figures[4][place]
    sumSquaredDrawdowns = figures[5][place]
    longestDrawdownBars = Int(figures[6][place])
    sumEquity = initialEquity * figures[7][place]
  }
}
