/// Correlation with the benchmark's returns.
///
/// Undefined below two bars, without a benchmark, and without variation.
struct Correlation: Metric {
  let name = "correlation"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.neutral
  let definition = "correlation of r and b"
  let source = "Pearson; quantstats benchmark_correlation"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2) { returns, benchmark in
      PairMoments(benchmark, returns).correlation.map { MetricValue($0, of: lane) }
        ?? .undefined(.noVariation)
    }
  }
}
