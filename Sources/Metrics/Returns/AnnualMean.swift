/// Arithmetic mean of returns, times their number in a year.
///
/// Undefined without a bar.
struct AnnualMean: Metric {
  let name = "annual_mean"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "mean_return * bars per year"
  let source = "skfolio annualized_mean"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(lane.meanReturn * lane.observationsPerYear, of: lane)
  }
}
