/// Return of the month or year in which the window ends, so far.
///
/// From the window's begin if that is later. Undefined without a bar.
struct PeriodToDate: Metric {
  /// A month or a year.
  let period: LaneContext.Period

  var name: String { period == .month ? "mtd" : "ytd" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  var definition: String {
    "compounded return of the calendar's last \(period.rawValue), up to the last bar"
  }
  let source = "quantstats metrics: MTD, YTD"
  let needs: MetricNeeds = [.returns, .periods]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromPeriods { returns, context in
      MetricValue(context.compounded(returns, period).last ?? .nan, of: lane)
    }
  }
}
