/// The return of each period of the calendar that would have given the same growth.
///
/// The first and the last period count as whole ones. Undefined without a bar, and for a ruined lane.
struct ExpectedReturn: Metric {
  /// Length of a period.
  let period: LaneContext.Period

  var name: String { "expected_\(period.rawValue)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  var definition: String { "(1 + total_return)^(1 / number of \(period.rawValue)s) - 1" }
  let source = "quantstats expected_return"
  let needs: MetricNeeds = [.returns, .periods]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromPeriods { _, context in
      lane.compoundRate(exponent: 1 / Double(context.count(period)))
    }
  }
}
