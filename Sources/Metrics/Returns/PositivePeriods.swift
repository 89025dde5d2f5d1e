/// Share of periods of the calendar that gained.
///
/// A period at exactly 0 didn't. Undefined without a bar.
struct PositivePeriods: Metric {
  /// Length of a period.
  let period: LaneContext.Period

  var name: String { "positive_\(period.rawValue)s" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  var definition: String {
    "\(period.rawValue)s with a compounded return above 0 / \(period.rawValue)s"
  }
  let source = "quantstats win_rate, which leaves out periods at 0"
  let needs: MetricNeeds = [.returns, .periods]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromPeriods { returns, context in
      let all = context.compounded(returns, period)
      return MetricValue(Double(all.count { $0 > 0 }) / Double(all.count), of: lane)
    }
  }
}
