/// Profit before all costs over capital: the first step of the cost ladder.
///
/// Undefined as `CostLadder` says.
struct GrossReturn: Metric {
  let name = "gross_return"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "(profit + slippage + commissions + borrow fees + net interest) / (initial equity + deposits)"
  let source = "Apus: the cost ladder"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    CostLadder.value(of: lane, adding: lane.slippage + lane.fees + lane.borrowFees + lane.financing)
  }
}
