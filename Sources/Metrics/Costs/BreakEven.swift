/// The cost of trading at which nothing would have been earned, as a fraction of what was traded.
///
/// Undefined without a trade and if fills were not recorded. Negative where even free trading would have lost.
struct BreakEven: Metric {
  let name = "break_even_bps"
  let unit = MetricUnit.basisPoints
  let direction = MetricDirection.higher
  let definition =
    "10,000 * (profit + slippage + commissions) / (sum over fills of price * quantity)"
  let source = "Apus: one way, so a round trip may cost twice as much"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    if lane.lacksFills { return .undefined(.notRecorded) }
    guard lane.tradedNotional > 0 else { return .undefined(.noTrades) }
    let earned = lane.profit + lane.slippage + lane.fees
    return MetricValue(1e4 * earned / lane.tradedNotional, of: lane)
  }
}
