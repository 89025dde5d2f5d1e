import BenchmarkKit
import Jobs
import Kernels
import Market
import Metrics
import Simulation
import Storage

/// What metrics and files add to the lane engine.
let sweepScenarios: [Scenario] = [
  Scenario(
    "sweep/metrics", unit: .laneBars, limit: "the same lanes without any metric",
    prepare: sweepMetrics),
  Scenario(
    "sweep/whole-job", unit: .laneBars, limit: "the lane engine alone, same metrics",
    prepare: sweepJob),
]

/// W1 over four symbols with the metrics of a spec that names none, and with three that need no sums of their own.
///
/// Data: 19,800 lanes × 2,520 bars, 50 million lane-bars. Sums over trades take 25 vector operations at a bar in which a
/// vector fills; eleven metrics are a dozen calls and divisions a lane, that is once in 2,520 bars.
/// Limit: the same lanes whose summaries nobody reads.
private func sweepMetrics(_ context: ScenarioContext) throws -> Workload {
  let sweep = try CrossoverSweep(
    bars: context.size(2520, tiny: 200), symbols: context.size(4, tiny: 2),
    longest: context.size(101, tiny: 12))
  let kernels = KernelVariant.best.kernels
  func contestant(_ name: String, _ metrics: [String]) -> Contestant {
    let table = LaneTable(metrics: metrics, laneCount: sweep.run.laneCount)
    var run = sweep.run
    let needs = metrics.compactMap { MetricCatalog.metric(named: $0)?.needs }
    run.rules.keepsExtendedSums = needs.contains { $0.contains(.extendedSums) }
    run.rules.keepsTradeSums = needs.contains { $0.contains(.tradeSums) }
    return Contestant(name) { [run] in
      try run.simulate(into: table, kernels: kernels, threads: context.threads)
    }
  }
  return Workload(
    work: sweep.laneBars,
    contestants: [
      contestant(
        "\(MetricCatalog.defaultNames.count) default metrics", MetricCatalog.defaultNames),
      contestant("3 lean metrics", ["total_return", "sharpe", "max_drawdown"]),
    ],
    limit: contestant("no metrics", []))
}

/// A sweep as `apus sweep` runs it: spec and store in, ranked result and summary out.
///
/// Data: 11,400 lanes (a grid of 95 × 120 pairs, one symbol) × 2,520 bars, 29 million lane-bars, and a result of 3 MB.
/// What is added to the engine is opening the store, compiling, ranking, and writing, which waits for the disk twice.
/// Limit: the engine alone with the same metrics.
private func sweepJob(_ context: ScenarioContext) throws -> Workload {
  let store = context.path("sweep.h5")
  let draft = try Fixture.draft(bars: context.size(2520, tiny: 100), symbols: 1)
  try PriceStore.write([draft], to: store, force: true)
  let (fast, slow) = context.isTiny ? (5, 5) : (95, 120)
  let spec = try Spec(
    text: """
      { apus: 1, data: { store: "sweep.h5" },
        parameters: { fast: { from: 2, to: \(fast + 1), step: 1 },
                      slow: { from: 100, to: \(slow + 99), step: 1 } },
        strategy: { long_entry: "crosses_above(sma(close, fast), sma(close, slow))",
                    long_exit: "crosses_below(sma(close, fast), sma(close, slow))" } }
      """)
  let plan = try RunPlan(spec: spec, storePath: store)
  var options = RunJob.Options(output: context.path("sweep-result.h5"))
  options.force = true
  options.workers = context.threads
  let table = LaneTable(metrics: plan.metrics.map(\.name), laneCount: plan.run.laneCount)
  let kernels = options.variant.kernels
  return Workload(
    work: Double(plan.run.laneCount) * Double(plan.run.window.count),
    contestants: [
      Contestant("RunPlan and RunJob") { [options] in
        let plan = try RunPlan(spec: spec, storePath: store)
        let outcome = try RunJob(plan: plan, options: options).run()
        guard outcome.isComplete, outcome.laneCount == fast * slow else {
          throw BenchmarkError.disagreement(
            what: "sweep/whole-job, lanes", found: "\(outcome.laneCount)",
            expected: "\(fast * slow)")
        }
      }
    ],
    limit: Contestant("LaneEngine alone") {
      try plan.run.simulate(into: table, kernels: kernels, threads: context.threads)
    })
}
