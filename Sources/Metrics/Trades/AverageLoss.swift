/// Mean profit of a lost trade, below 0.
///
/// Undefined without a lost trade.
struct AverageLoss: Metric {
  let name = "average_loss"
  let unit = MetricUnit.currency
  let direction = MetricDirection.higher
  let definition = "sum of losses, below 0 / lost trades"
  let source = "LEAN AverageLoss"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    guard lane.losses > 0 else { return .undefined(.noLosses) }
    return MetricValue(-lane.grossLoss / Double(lane.losses), of: lane)
  }
}
