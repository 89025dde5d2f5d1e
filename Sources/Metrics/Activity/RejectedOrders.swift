/// Orders that could not be accepted.
///
/// Always defined.
struct RejectedOrders: Metric {
  let name = "rejected_orders"
  let unit = MetricUnit.count
  let direction = MetricDirection.lower
  let definition = "orders that could not be accepted"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.rejectedOrders), of: lane)
  }
}
