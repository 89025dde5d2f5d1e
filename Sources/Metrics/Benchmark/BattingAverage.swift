/// Share of bars that beat the benchmark.
///
/// Undefined without a benchmark.
struct BattingAverage: Metric {
  let name = "batting_average"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "bars with r above b / bars"
  let source = "Bacon, Practical Portfolio Performance Measurement and Attribution (2008), ch. 4"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 1) { returns, benchmark in
      let beaten = returns.indices.count { returns[$0] > benchmark[$0] }
      return MetricValue(Double(beaten) / Double(returns.count), of: lane)
    }
  }
}
