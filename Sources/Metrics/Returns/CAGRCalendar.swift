/// Compound growth a year, where a year is 365.25 calendar days.
///
/// Undefined without a bar or a day, and for a ruined lane.
struct CAGRCalendar: Metric {
  let name = "cagr_calendar"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "(1 + total_return)^(365.25 / calendar days) - 1"
  let source = "ffn calc_cagr: actual days over a Julian year"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0, lane.calendarDays > 0 else { return .undefined(.tooFewBars) }
    return lane.compoundRate(exponent: 365.25 / lane.calendarDays)
  }
}
