/// Money won over money lost, on closed trades.
///
/// Undefined without a closed trade, and without a lost one.
struct ProfitFactor: Metric {
  let name = "profit_factor"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "sum of profits / |sum of losses|, in money, on closed trades"
  let source = "vectorbt profit_factor; backtesting.py sums trade returns instead, quantstats bars"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    guard lane.losses > 0 else { return .undefined(.noLosses) }
    return MetricValue(lane.grossProfit / lane.grossLoss, of: lane)
  }
}
