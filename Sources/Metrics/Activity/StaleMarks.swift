/// Bars at which a held position had no close and was marked at an earlier one.
///
/// Always defined.
struct StaleMarks: Metric {
  let name = "stale_marks"
  let unit = MetricUnit.bars
  let direction = MetricDirection.lower
  let definition = "bars at which a held position was marked at an earlier close"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(Double(lane.staleMarks), of: lane) }
}
