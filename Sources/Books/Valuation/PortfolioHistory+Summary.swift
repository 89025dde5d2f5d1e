import Market
import Metrics

extension PortfolioHistory {
  /// The annual rate at which what was paid in would have grown to the last equity, with the dates of the flows.
  ///
  /// NaN where there is none, as before the first money.
  public var moneyWeightedReturn: Double {
    DatedFlow.internalRate(
      of: flows, final: equity.last ?? .nan, years: calendarDays / DatedFlow.daysPerYear)
  }

  /// Growth of what was there meanwhile, less one: every bar's return compounded, without the influence of flows.
  ///
  /// NaN before the first money.
  public var timeWeightedReturn: Double {
    guard let first = returns.firstIndex(where: { !$0.isNaN }) else { return .nan }
    return returns[first...].reduce(1) { $1.isNaN ? $0 : $0 * (1 + $1) } - 1
  }

  /// Everything that metrics of the catalogue ask of returns.
  ///
  /// Bars before the first money are left out; a bar without money returns 0. `initialEquity` and `finalEquity` are money,
  /// growth is time-weighted.
  ///
  /// - Parameters:
  ///   - context: periods and benchmark of `bars`; those before the first money are cut off.
  ///   - riskFreePerBar: risk-free return of one bar.
  ///   - minimumAcceptablePerBar: threshold of the Sortino and omega ratios.
  public func summary(
    context: LaneContext? = nil, riskFreePerBar: Double = 0, minimumAcceptablePerBar: Double = 0
  ) -> LaneSummary {
    let first = firstMoney ?? returns.count
    let earned = returns.indices[first...].map { money(before: $0) <= 0 ? 0 : returns[$0] }
    let cut = context.map { context in
      first == 0
        ? context
        : LaneContext(
          days: Array(context.days[first...]), months: Array(context.months[first...]),
          benchmark: context.benchmark.map { Array($0[first...]) }, daysPerBar: context.daysPerBar)
    }
    var lane = LaneSummary(
      returns: earned, barsPerYear: barsPerYear,
      calendarDays: earned.isEmpty ? 0 : Double(end - starts[first]) / Double(Calendar.dayNs),
      riskFreePerBar: riskFreePerBar, minimumAcceptablePerBar: minimumAcceptablePerBar,
      context: cut)
    lane.timeWeightedGrowth = earned.isEmpty ? .nan : lane.finalEquity
    lane.moneyWeightedReturn = moneyWeightedReturn
    lane.initialEquity = first < returns.count ? money(before: first) : 0
    lane.finalEquity = equity.last ?? 0
    return lane
  }

  /// Equity before a bar and what came in at it, by its place among the bars.
  private func money(before place: Int) -> Double {
    (place == 0 ? initialEquity : equity[place - 1]) + flowsIn[place]
  }

  /// The first bar of `bars` that begins with money, as a place among them.
  var firstMoney: Int? { returns.indices.first { money(before: $0) > 0 } }
}
