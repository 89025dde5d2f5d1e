/// Slope of the returns on the benchmark's.
///
/// Undefined below two bars, without a benchmark, and where it doesn't vary.
struct Beta: Metric {
  let name = "beta"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.neutral
  let definition = "cov(r, b) / var(b)"
  let source = "Sharpe, J. Finance 19 (1964); empyrical beta, quantstats greeks"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2) { returns, benchmark in
      PairMoments(benchmark, returns).slope.map { MetricValue($0, of: lane) }
        ?? .undefined(.noBeta)
    }
  }
}
