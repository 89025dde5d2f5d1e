/// Profit after all costs over capital: the last step of the cost ladder.
///
/// Undefined as `CostLadder` says.
struct ReturnAfterFinancing: Metric {
  let name = "return_after_financing"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "profit / (initial equity + deposits); profit = final - initial equity - net flows"
  let source = "Apus: the cost ladder"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    CostLadder.value(of: lane, adding: 0)
  }
}
