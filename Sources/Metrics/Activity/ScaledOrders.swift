/// Entries that were made smaller to fit the cash or margin.
///
/// Always defined.
struct ScaledOrders: Metric {
  let name = "scaled_orders"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition = "entries made smaller at the fill to fit cash or margin"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.scaledOrders), of: lane)
  }
}
