import BenchmarkKit
import BenchmarkReference
import Metrics

/// Metrics that read every return of a lane.
let metricScenarios: [Scenario] = [
  Scenario(
    "metrics/var", unit: .returns, limit: "one comparison for each return", prepare: valueAtRisk)
]

/// Value at risk of 95 % by selection.
///
/// Data: 256 lanes of 2,520 returns, 5 MB, a lane's 20 kB in the first-level cache. Selection copies a lane, then
/// compares and moves about three times as many elements as there are; each comparison is a coin toss for the branch
/// predictor.
/// Limit: counting the returns below a level, one comparison each, which no selection can do without.
private func valueAtRisk(_ context: ScenarioContext) throws -> Workload {
  let bars = context.size(2520, tiny: 50)
  let lanes = (0..<context.size(256, tiny: 3)).map { index in
    var summary = LaneSummary()
    summary.returns = Fixture.noise(bars, stream: UInt32(index)).map { $0 * 0.01 }
    summary.bars = bars
    return summary
  }
  guard let metric = MetricCatalog.metric(named: "var_95") else {
    throw BenchmarkError.unavailable(
      what: "the metric var_95", next: "name another in MetricScenarios.swift")
  }
  let series = lanes.map { $0.returns ?? [] }
  for (lane, returns) in zip(lanes, series) {
    let level = -metric.value(of: lane).number
    // k = ceil(0.05 n) returns are at or below the level, and one of them is the level.
    let below = apus_reference_count_below(returns, bars, level)
    guard below == (bars * 50 + 999) / 1000 - 1 else {
      throw BenchmarkError.disagreement(
        what: "var_95, returns below it", found: "\(below)",
        expected: "\((bars * 50 + 999) / 1000 - 1)")
    }
  }
  return Workload(
    work: Double(lanes.count * bars),
    contestants: [
      Contestant("var_95") {
        for lane in lanes { blackHole(metric.value(of: lane)) }
      }
    ],
    limit: Contestant("count below a level in C") {
      for returns in series { blackHole(apus_reference_count_below(returns, bars, -0.009)) }
    })
}
