/// Growth of equity over the whole window.
///
/// Undefined without a bar.
struct TotalReturn: Metric {
  let name = "total_return"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "final equity / initial equity - 1; with flows, time_weighted_return"
  let source = "CFA Institute, GIPS: holding-period return"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(lane.growth - 1, of: lane)
  }
}
