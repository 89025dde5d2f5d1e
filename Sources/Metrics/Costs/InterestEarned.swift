/// Interest earned on cash above zero.
///
/// Always defined.
struct InterestEarned: Metric {
  let name = "interest_earned"
  let unit = MetricUnit.currency
  let direction = MetricDirection.higher
  let definition = "sum over bars of annual rate * cash above zero * length of the bar / year"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.interestEarned, of: lane) }
}
