/// Fills of less than was asked for.
///
/// Always defined.
struct PartialFills: Metric {
  let name = "partial_fills"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition = "fills of less than what was left of the order"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.partialFills), of: lane)
  }
}
