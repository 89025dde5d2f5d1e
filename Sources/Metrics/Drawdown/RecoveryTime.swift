/// Bars from the deepest point of the deepest drawdown to a new high.
///
/// Undefined without a bar, without a drawdown, and where there was no new high since.
struct RecoveryTime: Metric {
  let name = "recovery_time"
  let unit = MetricUnit.bars
  let direction = MetricDirection.lower
  let definition = "bars from the bottom of max_drawdown to the next high"
  let source = "LEAN DrawdownRecovery counts days from the high before"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      guard let deepest = DrawdownTable(returns: returns).deepest(1).first else {
        return .undefined(.noDrawdown)
      }
      guard let recovery = deepest.recovery else { return .undefined(.notRecovered) }
      return MetricValue(Double(recovery - deepest.valley), of: lane)
    }
  }
}
