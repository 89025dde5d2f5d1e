#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Probability that trades such as these would lose all capital, in units of the mean loss.
///
/// 1 for those that have no edge. Undefined without a closed trade and without a lost one.
struct RiskOfRuin: Metric {
  let name = "risk_of_ruin"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition =
    "((1 - e) / (1 + e))^(initial equity / mean loss), e = won trades - lost trades, over both; 1 if e is not above 0"
  let source =
    "Kaufman, Trading Systems and Methods (2013), ch. 23; quantstats has win_rate for e and bars for units"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.trades > 0 else { return .undefined(.noTrades) }
    guard lane.losses > 0 else { return .undefined(.noLosses) }
    let edge = Double(lane.wins - lane.losses) / Double(lane.wins + lane.losses)
    let units = lane.initialEquity / (lane.grossLoss / Double(lane.losses))
    return MetricValue(edge > 0 ? pow((1 - edge) / (1 + edge), units) : 1, of: lane)
  }
}
