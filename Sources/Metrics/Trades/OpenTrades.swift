/// Number of positions still open after the last bar: no metric of closed trades includes them.
///
/// Always defined.
struct OpenTrades: Metric {
  let name = "open_trades"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition = "positions open after the last bar"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(Double(lane.openTrades), of: lane) }
}
