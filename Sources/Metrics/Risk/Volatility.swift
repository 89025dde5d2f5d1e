/// Standard deviation of returns, annualised; 0 for returns that don't vary.
///
/// Undefined below two bars.
struct Volatility: Metric {
  let name = "volatility"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition =
    "s1 * sqrt(bars per year); s1 is the sample standard deviation of returns (ddof 1)"
  let source = "empyrical annual_volatility, quantstats volatility"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 1 else { return .undefined(.tooFewBars) }
    return MetricValue(
      (lane.sampleDeviation ?? 0) * lane.observationsPerYear.squareRoot(), of: lane)
  }
}
