/// Compound growth a year over the largest drawdown of the whole window.
///
/// Undefined without a bar, without a drawdown, and for a ruined lane.
struct Calmar: Metric {
  let name = "calmar"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "cagr_periods / |max_drawdown|"
  let source =
    "Young, Futures 20 (1991), on the whole window; empyrical calmar_ratio, quantstats calmar"

  func value(of lane: LaneSummary) -> MetricValue {
    let rate = CAGRPeriods().value(of: lane)
    guard case .defined(let growth) = rate else { return rate }
    if lane.maxDrawdown > -LaneSummary.negligible { return .undefined(.noDrawdown) }
    return MetricValue(growth / -lane.maxDrawdown, of: lane)
  }
}
