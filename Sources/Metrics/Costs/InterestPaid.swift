/// Interest paid on cash below zero.
///
/// Always defined.
struct InterestPaid: Metric {
  let name = "interest_paid"
  let unit = MetricUnit.currency
  let direction = MetricDirection.lower
  let definition = "sum over bars of annual rate * cash below zero * length of the bar / year"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.interestPaid, of: lane) }
}
