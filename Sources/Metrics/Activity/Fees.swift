/// Commissions paid.
///
/// Always defined.
struct Fees: Metric {
  let name = "fees"
  let unit = MetricUnit.currency
  let direction = MetricDirection.lower
  let definition = "sum of commissions over fills"
  let source = "Apus"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.fees, of: lane) }
}
