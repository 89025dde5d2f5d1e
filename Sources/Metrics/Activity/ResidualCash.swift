/// Cash left over after a rebalance, as a fraction of equity, on average.
///
/// Undefined without a rebalance.
struct ResidualCash: Metric {
  let name = "residual_cash"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.neutral
  let definition = "mean over rebalances of cash / equity after it"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.rebalances > 0 else { return .undefined(.noTrades) }
    return MetricValue(lane.sumResidualCash / Double(lane.rebalances), of: lane)
  }
}
