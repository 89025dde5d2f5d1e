/// Bars at which a long and a short entry were both signalled, so that nothing was opened.
///
/// Always defined.
struct ConflictingSignals: Metric {
  let name = "conflicting_signals"
  let unit = MetricUnit.count
  let direction = MetricDirection.lower
  let definition = "bars with a long and a short entry at once; nothing is opened"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.conflictingSignals), of: lane)
  }
}
