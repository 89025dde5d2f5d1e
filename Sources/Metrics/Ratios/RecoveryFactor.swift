/// Total return over the largest drawdown.
///
/// Undefined without a bar and without a drawdown.
struct RecoveryFactor: Metric {
  let name = "recovery_factor"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "total_return / |max_drawdown|"
  let source = "Kaufman, Trading Systems and Methods (2013); quantstats sums returns"

  func value(of lane: LaneSummary) -> MetricValue {
    let total = TotalReturn().value(of: lane)
    guard case .defined = total else { return total }
    if lane.maxDrawdown > -LaneSummary.negligible { return .undefined(.noDrawdown) }
    return total.map(of: lane) { $0 / -lane.maxDrawdown }
  }
}
