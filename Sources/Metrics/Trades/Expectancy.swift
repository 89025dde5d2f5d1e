/// Mean profit of a closed trade, trades at 0 included.
///
/// Undefined without a closed trade.
struct Expectancy: Metric {
  let name = "expectancy"
  let unit = MetricUnit.currency
  let direction = MetricDirection.higher
  let definition = "(sum of profits - |sum of losses|) / closed trades"
  let source = "vectorbt expectancy; backtesting.py takes trade returns instead"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    return MetricValue((lane.grossProfit - lane.grossLoss) / Double(lane.trades), of: lane)
  }
}
