/// Positions closed because their symbol ended.
///
/// Always defined.
struct Delistings: Metric {
  let name = "delistings"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition =
    "positions closed at the last close * (1 + delisting return) because the symbol ended"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(Double(lane.delistings), of: lane) }
}
