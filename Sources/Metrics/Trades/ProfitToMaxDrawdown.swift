/// Profit of closed trades over the largest drawdown of the initial equity.
///
/// Undefined without a closed trade and without a drawdown.
struct ProfitToMaxDrawdown: Metric {
  let name = "profit_to_max_drawdown"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "profit of closed trades / (|max_drawdown| * initial equity)"
  let source = "LEAN ProfitToMaxDrawdownRatio, whose drawdown is that of closed trades"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    if lane.maxDrawdown > -LaneSummary.negligible { return .undefined(.noDrawdown) }
    let profit = lane.grossProfit - lane.grossLoss
    return MetricValue(profit / (-lane.maxDrawdown * lane.initialEquity), of: lane)
  }
}
