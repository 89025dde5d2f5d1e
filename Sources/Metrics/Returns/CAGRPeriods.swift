/// Compound growth a year, where a year is the calendar's number of bars.
///
/// Undefined without a bar and for a ruined lane: a growth of zero or less has no rate.
struct CAGRPeriods: Metric {
  let name = "cagr_periods"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "(1 + total_return)^(bars per year / bars) - 1"
  let source = "empyrical annual_return, quantstats cagr"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return lane.compoundRate(exponent: lane.barsPerYear / Double(lane.bars))
  }
}
