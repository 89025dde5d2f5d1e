/// Mean difference to the benchmark's return over its standard deviation, annualised.
///
/// Undefined below two bars, without a benchmark, and where the difference doesn't vary.
struct InformationRatio: Metric {
  let name = "information_ratio"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "mean(r - b) / s1(r - b) * sqrt(bars per year)"
  let source =
    "Grinold and Kahn, Active Portfolio Management (1999); empyrical, quantstats and ffn don't annualise it"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2) { returns, benchmark in
      let active = zip(returns, benchmark).map { $0 - $1 }
      let deviation = active.sampleDeviation
      let size = active.reduce(0) { $0 + $1.magnitude }
      if deviation < LaneSummary.negligible || deviation <= size * .ulpOfOne {
        return .undefined(.noVariation)
      }
      return MetricValue(
        active.mean / deviation * lane.observationsPerYear.squareRoot(), of: lane)
    }
  }
}
