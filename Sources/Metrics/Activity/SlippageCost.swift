/// Money lost to slippage.
///
/// Always defined.
struct SlippageCost: Metric {
  let name = "slippage_cost"
  let unit = MetricUnit.currency
  let direction = MetricDirection.lower
  let definition = "sum over fills of |fill price - unslipped price| * quantity"
  let source = "Apus"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.slippage, of: lane) }
}
