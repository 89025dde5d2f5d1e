/// Share of closed trades with a loss.
///
/// A trade at exactly 0 is neither won nor lost, but closed. Undefined without a closed trade.
struct LossRate: Metric {
  let name = "loss_rate"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "trades with a profit below 0 / closed trades"
  let source = "LEAN LossRate"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    return MetricValue(Double(lane.losses) / Double(lane.trades), of: lane)
  }
}
