/// Times that a portfolio was moved towards its weights.
///
/// Always defined.
struct Rebalances: Metric {
  let name = "rebalances"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition = "times that a portfolio was moved towards its weights"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(Double(lane.rebalances), of: lane) }
}
