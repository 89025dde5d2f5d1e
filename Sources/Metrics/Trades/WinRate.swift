/// Share of closed trades with a profit.
///
/// A trade at exactly 0 is neither won nor lost, but closed.
///
/// Undefined without a closed trade.
struct WinRate: Metric {
  let name = "win_rate"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "trades with a profit above 0 / closed trades"
  let source = "vectorbt win_rate, backtesting.py Win Rate; quantstats counts bars instead"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    return MetricValue(Double(lane.wins) / Double(lane.trades), of: lane)
  }
}
