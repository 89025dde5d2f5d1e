/// Profit after slippage, commissions and borrow over capital: the fourth step of the cost ladder.
///
/// Undefined as `CostLadder` says.
struct ReturnAfterBorrow: Metric {
  let name = "return_after_borrow"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "(profit + net interest) / (initial equity + deposits)"
  let source = "Apus: the cost ladder"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    CostLadder.value(of: lane, adding: lane.financing)
  }
}
