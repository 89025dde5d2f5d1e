/// Profit after slippage and commissions over capital: the third step of the cost ladder.
///
/// Undefined as `CostLadder` says.
struct ReturnAfterCommission: Metric {
  let name = "return_after_commission"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "(profit + borrow fees + net interest) / (initial equity + deposits)"
  let source = "Apus: the cost ladder"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    CostLadder.value(of: lane, adding: lane.borrowFees + lane.financing)
  }
}
