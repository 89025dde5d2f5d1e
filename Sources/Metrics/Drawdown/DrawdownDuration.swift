/// Longest run of bars with equity below its running maximum, recovered or not.
///
/// Undefined without a bar.
struct DrawdownDuration: Metric {
  let name = "drawdown_duration"
  let unit = MetricUnit.bars
  let direction = MetricDirection.lower
  let definition = "longest run of bars with equity below its running maximum"
  let source = "Apus; quantstats drawdown_details counts calendar days"
  let needs: MetricNeeds = .extendedSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(Double(lane.longestDrawdownBars), of: lane)
  }
}
