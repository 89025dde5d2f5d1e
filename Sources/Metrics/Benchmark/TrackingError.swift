/// Standard deviation of the difference to the benchmark's return, annualised.
///
/// Undefined below two bars and without a benchmark.
struct TrackingError: Metric {
  let name = "tracking_error"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "s1 of r - b, * sqrt(bars per year)"
  let source = "Grinold and Kahn, Active Portfolio Management (1999)"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2) { returns, benchmark in
      let active = zip(returns, benchmark).map { $0 - $1 }
      return MetricValue(
        active.sampleDeviation * lane.observationsPerYear.squareRoot(), of: lane)
    }
  }
}
