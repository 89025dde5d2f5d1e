/// Number of closed round trips.
///
/// Always defined.
struct Trades: Metric {
  let name = "trades"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition = "closed round trips"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(Double(lane.trades), of: lane) }
}
