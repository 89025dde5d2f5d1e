/// Mean excess return over its standard deviation, annualised.
///
/// The risk-free return is per bar: an annual rate converts by `LaneSummary.ratePerBar`. Undefined below two bars and
/// when s1 is below 1e-12 or below what rounding alone makes of constant returns.
struct Sharpe: Metric {
  let name = "sharpe"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition =
    "mean(r - rf) / s1 * sqrt(bars per year); rf per bar is (1 + annual)^(1 / bars per year) - 1"
  let source = "Sharpe, The Sharpe Ratio, J. Portfolio Management 21 (1994); empyrical, quantstats"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 1 else { return .undefined(.tooFewBars) }
    guard let deviation = lane.sampleDeviation else { return .undefined(.noVariation) }
    let excess = lane.meanReturn - lane.riskFreePerBar
    return MetricValue(excess / deviation * lane.observationsPerYear.squareRoot(), of: lane)
  }
}
