/// What trading cost, as a fraction of what was traded: what `break_even_bps` is held against.
///
/// Undefined without a trade and if fills were not recorded.
struct CostOfTrading: Metric {
  let name = "cost_bps"
  let unit = MetricUnit.basisPoints
  let direction = MetricDirection.lower
  let definition = "10,000 * (slippage + commissions) / (sum over fills of price * quantity)"
  let source = "Apus: one way"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    if lane.lacksFills { return .undefined(.notRecorded) }
    guard lane.tradedNotional > 0 else { return .undefined(.noTrades) }
    return MetricValue(1e4 * (lane.slippage + lane.fees) / lane.tradedNotional, of: lane)
  }
}
