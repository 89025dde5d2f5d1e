/// Positions closed because collateral ran out.
///
/// Always defined.
struct Liquidations: Metric {
  let name = "liquidations"
  let unit = MetricUnit.count
  let direction = MetricDirection.lower
  let definition = "positions closed at the adverse extreme of a bar because collateral ran out"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.liquidations), of: lane)
  }
}
