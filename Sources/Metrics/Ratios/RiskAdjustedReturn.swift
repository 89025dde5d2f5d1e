/// Compound growth a year for the share of bars that were invested.
///
/// Undefined without a bar, for a lane that held nothing, and for a ruined one.
struct RiskAdjustedReturn: Metric {
  let name = "rar"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "cagr_periods / exposure"
  let source = "quantstats rar, whose exposure is rounded"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    let rate = CAGRPeriods().value(of: lane)
    guard case .defined = rate else { return rate }
    if lane.barsInPosition == 0 { return .undefined(.noPosition) }
    return rate.map(of: lane) { $0 * Double(lane.bars) / Double(lane.barsInPosition) }
  }
}
