import Metrics

/// The metric of participants in each sample, eight of them at a time where sums will do.
struct ChallengeSampler: Sendable {
  let summaries: [LaneSummary]
  let metric: any Metric
  let draws: [[Int32]]

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
      for (row, bars) in draws.enumerated() {
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
    let bars = summaries[lanes.lowerBound].observations
    var returns = [SIMD8<Double>](repeating: .zero, count: bars)
    for (place, lane) in lanes.enumerated() {
      for (bar, value) in (summaries[lane].returns ?? []).enumerated() {
        returns[bar][place] = value
      }
    }
    let acceptable = summaries[lanes.lowerBound].minimumAcceptablePerBar
    var sample = summaries[lanes.lowerBound]
    sample.returns = nil
    for (row, drawn) in draws.enumerated() {
      let sums = ChallengeSums(returns, drawn, acceptable)
      for (place, lane) in lanes.enumerated() {
        sample.initialEquity = summaries[lane].initialEquity
        sample.finalEquity = sample.initialEquity * sums.growth[place]
        sample.sumReturns = sums.sum[place]
        sample.sumSquaredReturns = sums.squares[place]
        sample.sumSquaredDownside = sums.downside[place]
        sample.maxDrawdown = sums.deepest[place]
        sample.sumSquaredDrawdowns = sums.drawdowns[place]
        sample.longestDrawdownBars = Int(sums.longest[place])
        sample.sumEquity = sample.initialEquity * sums.equity[place]
        table[row, lane] = metric.value(of: sample).number
      }
    }
  }
}

/// The sums of eight series over drawn bars.
struct ChallengeSums {
  private(set) var sum = SIMD8<Double>.zero
  private(set) var squares = SIMD8<Double>.zero
  private(set) var downside = SIMD8<Double>.zero
  private(set) var growth = SIMD8<Double>(repeating: 1)
  private(set) var deepest = SIMD8<Double>.zero
  private(set) var drawdowns = SIMD8<Double>.zero
  private(set) var longest = SIMD8<Double>.zero
  private(set) var equity = SIMD8<Double>.zero

  init(_ returns: [SIMD8<Double>], _ drawn: [Int32], _ acceptable: Double) {
    let (zero, one) = (SIMD8<Double>.zero, SIMD8<Double>(repeating: 1))
    let threshold = SIMD8(repeating: acceptable)
    var (sum, squares, downside) = (zero, zero, zero)
    var (growth, peak, deepest) = (one, one, zero)
    var (drawdowns, below, longest, equity) = (zero, zero, zero, zero)
    returns.withUnsafeBufferPointer { returns in
      for bar in drawn {
        let value = returns[Int(bar)]
        sum += value
        squares += value * value
        let over = value - threshold
        let short = over.replacing(with: zero, where: over .> zero)
        downside += short * short
        growth *= one + value
        equity += growth
        let isBelow = growth .< peak
        peak = growth.replacing(with: peak, where: isBelow)
        let drawdown = growth / peak - one
        deepest.replace(with: drawdown, where: drawdown .< deepest)
        drawdowns += drawdown * drawdown
        below = zero.replacing(with: below + one, where: isBelow)
        longest.replace(with: below, where: below .> longest)
      }
    }
    (self.sum, self.squares, self.downside) = (sum, squares, downside)
    (self.growth, self.deepest, self.drawdowns) = (growth, deepest, drawdowns)
    (self.longest, self.equity) = (longest, equity)
  }
}
