/// Largest or smallest return of a period of the calendar.
///
/// The first and the last period may be part of one. Undefined without a bar.
struct PeriodExtreme: Metric {
  /// Length of a period.
  let period: LaneContext.Period
  /// Whether the largest is asked for.
  let isBest: Bool

  var name: String { "\(isBest ? "best" : "worst")_\(period.rawValue)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  var definition: String {
    "\(isBest ? "largest" : "smallest") compounded return of a \(period.rawValue) of the calendar"
  }
  var source: String { "quantstats \(isBest ? "best" : "worst")" }
  let needs: MetricNeeds = [.returns, .periods]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromPeriods { returns, context in
      let all = context.compounded(returns, period)
      return MetricValue(
        isBest ? all.reduce(-.infinity, Double.maximum) : all.reduce(.infinity, Double.minimum),
        of: lane)
    }
  }
}
