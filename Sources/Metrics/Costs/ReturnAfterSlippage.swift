/// Profit after spread and slippage over capital: the second step of the cost ladder.
///
/// Undefined as `CostLadder` says.
struct ReturnAfterSlippage: Metric {
  let name = "return_after_slippage"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "(profit + commissions + borrow fees + net interest) / (initial equity + deposits)"
  let source = "Apus: the cost ladder"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    CostLadder.value(of: lane, adding: lane.fees + lane.borrowFees + lane.financing)
  }
}
