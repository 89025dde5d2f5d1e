/// What the returns at the benchmark's extremes are above, or below, the line between them at its median bar.
///
/// Below 0: losses quicken as the benchmark falls. Undefined below three bars and without a benchmark.
struct BetaFragility: Metric {
  let name = "beta_fragility"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "w * r0 + (1 - w) * r1 - rm, at the bars of the lowest, highest and middle b; w = (b1 - bm) / (b1 - b0)"
  let source =
    "Taleb et al., A new heuristic measure of fragility, IMF working paper 12/216; empyrical "
    + "beta_fragility_heuristic"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 3) { returns, benchmark in
      let order = benchmark.indices.sorted {
        benchmark[$0] != benchmark[$1] ? benchmark[$0] < benchmark[$1] : $0 < $1
      }
      let (low, middle, high) = (order[0], order[order.count / 2], order[order.count - 1])
      let range = benchmark[high] - benchmark[low]
      let weight = range == 0 ? 0.5 : (benchmark[high] - benchmark[middle]) / range
      return MetricValue(
        weight * returns[low] + (1 - weight) * returns[high] - returns[middle], of: lane)
    }
  }
}
