/// Mean return of a bar over its standard deviation, not annualised.
///
/// Undefined below two bars and without variation.
struct RiskReturn: Metric {
  let name = "risk_return"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "mean(r) / s1"
  let source = "quantstats risk_return_ratio"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 1 else { return .undefined(.tooFewBars) }
    guard let deviation = lane.sampleDeviation else { return .undefined(.noVariation) }
    return MetricValue(lane.meanReturn / deviation, of: lane)
  }
}
