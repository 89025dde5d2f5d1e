/// Number of closed trades with a profit of exactly 0, which are neither won nor lost.
///
/// Always defined.
struct FlatTrades: Metric {
  let name = "flat_trades"
  let unit = MetricUnit.count
  let direction = MetricDirection.neutral
  let definition = "closed trades - won trades - lost trades"
  let source = "Apus"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.trades - lane.wins - lane.losses), of: lane)
  }
}
