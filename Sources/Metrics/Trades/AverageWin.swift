/// Mean profit of a won trade.
///
/// Undefined without a won trade.
struct AverageWin: Metric {
  let name = "average_win"
  let unit = MetricUnit.currency
  let direction = MetricDirection.higher
  let definition = "sum of profits / won trades"
  let source = "LEAN AverageProfit"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    guard lane.wins > 0 else { return .undefined(.noWins) }
    return MetricValue(lane.grossProfit / Double(lane.wins), of: lane)
  }
}
