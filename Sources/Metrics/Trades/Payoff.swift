/// Mean profit of a won trade over the mean loss of a lost one.
///
/// Undefined without a closed trade, without a won one, and without a lost one.
struct Payoff: Metric {
  let name = "payoff"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "(sum of profits / won trades) / (|sum of losses| / lost trades), in money"
  let source = "quantstats payoff_ratio, on trades instead of bars"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    guard lane.losses > 0 else { return .undefined(.noLosses) }
    guard lane.wins > 0 else { return .undefined(.noWins) }
    let meanProfit = lane.grossProfit / Double(lane.wins)
    return MetricValue(meanProfit / (lane.grossLoss / Double(lane.losses)), of: lane)
  }
}
