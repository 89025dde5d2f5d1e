/// Orders that ended without a fill though they were accepted.
///
/// Always defined.
struct CancelledOrders: Metric {
  let name = "cancelled_orders"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition =
    "orders that ended without a fill: by time in force, by another order, or taken back"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.cancelledOrders), of: lane)
  }
}
