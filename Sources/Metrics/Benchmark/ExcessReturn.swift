/// Growth beyond that of the benchmark.
///
/// Undefined without a benchmark.
struct ExcessReturn: Metric {
  let name = "excess_return"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "product of 1 + r less product of 1 + b, over the bars that have both"
  let source = "ffn, arithmetic difference of total returns"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 1) { returns, benchmark in
      let ours = returns.reduce(1) { $0 * (1 + $1) }
      return MetricValue(ours - benchmark.reduce(1) { $0 * (1 + $1) }, of: lane)
    }
  }
}
