/// Growth of the benchmark over the whole window.
///
/// Undefined without a benchmark.
struct BenchmarkReturn: Metric {
  let name = "benchmark_return"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.neutral
  let definition =
    "product of 1 + b over the bars, - 1; b is the benchmark's return of a bar, from close to close"
  let source = "Apus"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 1) { _, benchmark in
      MetricValue(benchmark.reduce(1) { $0 * (1 + $1) } - 1, of: lane)
    }
  }
}
