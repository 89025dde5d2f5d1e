/// Equity after the last bar; the initial equity if there is none.
///
/// Always defined.
struct FinalEquity: Metric {
  let name = "final_equity"
  let unit = MetricUnit.currency
  let direction = MetricDirection.higher
  let definition = "equity after the last bar, open positions marked at the last close"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(lane.finalEquity, of: lane) }
}
