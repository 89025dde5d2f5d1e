/// Root mean square of the returns' shortfalls below the minimum acceptable one, annualised.
///
/// 0 without a shortfall. Undefined without a bar.
struct DownsideDeviation: Metric {
  let name = "downside_deviation"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "sqrt(sum(min(r - mar, 0)^2) / bars) * sqrt(bars per year)"
  let source = "Sortino and Price, J. Investing 3 (1994); empyrical downside_risk"
  let needs: MetricNeeds = .extendedSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 0 else { return .undefined(.tooFewBars) }
    let mean = lane.sumSquaredDownside / Double(lane.observations)
    return MetricValue((mean * lane.observationsPerYear).squareRoot(), of: lane)
  }
}
