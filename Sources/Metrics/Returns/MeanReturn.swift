/// Arithmetic mean of returns.
///
/// Undefined without a bar.
struct MeanReturn: Metric {
  let name = "mean_return"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "sum of returns / number of returns"
  let source = "quantstats avg_return without its leaving out of zeros"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(lane.meanReturn, of: lane)
  }
}
