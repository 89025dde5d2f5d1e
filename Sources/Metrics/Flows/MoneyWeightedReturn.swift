/// The annual rate at which all money paid in would have grown to the final equity.
///
/// Without flows it is `cagr_calendar`. Undefined without a bar or a day, for a ruined lane, and where no rate does it.
struct MoneyWeightedReturn: Metric {
  let name = "money_weighted_return"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "r with sum over initial equity and flows of amount * (1 + r)^(years to the end) = final "
    + "equity; years of 365 days, as XIRR counts; of several rates the one nearest to 0"
  let source = "CFA Institute, GIPS: money-weighted return (internal rate of return); Excel XIRR"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0, lane.calendarDays > 0 else { return .undefined(.tooFewBars) }
    if !lane.hasFlows {
      return lane.compoundRate(exponent: DatedFlow.daysPerYear / lane.calendarDays)
    }
    if lane.isRuined { return .undefined(.ruined) }
    if lane.moneyWeightedReturn.isNaN { return .undefined(.noRate) }
    return MetricValue(lane.moneyWeightedReturn, of: lane)
  }
}
