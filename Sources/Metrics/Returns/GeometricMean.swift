/// The return of each bar that would have given the same growth.
///
/// Undefined without a bar, and for a ruined lane.
struct GeometricMean: Metric {
  let name = "geometric_mean"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "(1 + total_return)^(1 / number of returns) - 1"
  let source = "quantstats geometric_mean"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 0 else { return .undefined(.tooFewBars) }
    return lane.compoundRate(exponent: 1 / Double(lane.observations))
  }
}
