/// Deposits less withdrawals.
///
/// Always defined.
struct NetFlows: Metric {
  let name = "net_flows"
  let unit = MetricUnit.currency
  let direction = MetricDirection.neutral
  let definition = "deposits - withdrawals after the initial equity"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.netFlows, of: lane) }
}
