/// Compound growth a year above the risk-free rate, over the ulcer index.
///
/// Undefined without a bar, without a drawdown, and for a ruined lane.
struct UlcerPerformance: Metric {
  let name = "ulcer_performance"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "(cagr_periods - annual risk-free rate) / ulcer"
  let source =
    "Martin and McCann, The Investor's Guide to Fidelity Funds (1989); quantstats takes the total return"
  let needs: MetricNeeds = .extendedSums

  func value(of lane: LaneSummary) -> MetricValue {
    let ulcer = Ulcer().value(of: lane).number
    let rate = CAGRPeriods().value(of: lane)
    guard case .defined = rate else { return rate }
    if !(ulcer > LaneSummary.negligible) { return .undefined(.noDrawdown) }
    return rate.map(of: lane) { ($0 - lane.riskFreeAnnual) / ulcer }
  }
}
