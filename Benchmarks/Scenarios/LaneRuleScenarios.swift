import BenchmarkKit
import Kernels
import Simulation
import Strategies

/// What rules inside a bar and short positions add to the lane engine.
let laneRuleScenarios: [Scenario] = [
  Scenario(
    "lanes/levels", unit: .laneBars, limit: "the same lanes without levels", prepare: levels),
  Scenario("lanes/short", unit: .laneBars, limit: "the same lanes, long only", prepare: short),
]

/// W1 with a stop, and with a stop, a target and a trailing stop.
///
/// Data: 4,950 lanes × 2,520 bars. Each held bar compares its low or open with a stop, its high with a target and moves
/// the trailing stop: about ten operations more for eight lanes. Lanes leave at other bars, and fills are the branch of
/// the kernel. Limit: the same lanes without levels.
private func levels(_ context: ScenarioContext) throws -> Workload {
  try variations(
    context, limit: "no levels",
    [
      ("stop", { $0.stopLoss = "0.05" }),
      (
        "stop, target, trailing stop",
        {
          $0.stopLoss = "0.05"
          $0.takeProfit = "0.1"
          $0.trailingStop = "0.08"
        }
      ),
    ])
}

/// W1, short where it would be flat.
///
/// Data: 4,950 lanes × 2,520 bars. A short needs its collateral watched at each bar's high, and each crossing is two
/// fills. Limit: the same lanes, long only.
private func short(_ context: ScenarioContext) throws -> Workload {
  try variations(
    context, limit: "long only",
    [
      (
        "long and short",
        {
          $0.shortEntry = CrossoverSweep.falls
          $0.shortExit = CrossoverSweep.rises
        }
      )
    ])
}

private typealias Variation = (
  name: String, addition: (inout ExpressionStrategy.Source) -> Void
)

/// Times variations of W1 over one symbol against W1 itself.
///
/// Every instruction set must give the same bits, and a variation must not be without effect.
private func variations(
  _ context: ScenarioContext, limit: String, _ variations: [Variation]
) throws -> Workload {
  let panel = Fixture.panel(
    try Fixture.draft(bars: context.size(2520, tiny: 300), symbols: 1))
  let longest = context.size(101, tiny: 20)
  func sweep(_ addition: (inout ExpressionStrategy.Source) -> Void) throws -> CrossoverSweep {
    try CrossoverSweep(
      panel: panel, fast: (2..<longest).map(Double.init), slow: (3...longest).map(Double.init),
      adding: addition)
  }
  func contestant(_ name: String, _ sweep: CrossoverSweep) -> Contestant {
    let table = LaneTable(metrics: laneMetrics, laneCount: sweep.run.laneCount)
    return Contestant(name) {
      try sweep.run.simulate(
        into: table, kernels: KernelVariant.best.kernels, threads: context.threads)
    }
  }
  let plain = try sweep { _ in }
  let plainTable = try table(of: plain, context)
  let contestants = try variations.map { variation in
    let sweep = try sweep(variation.addition)
    let best = try table(of: sweep, context)
    for variant in KernelVariant.available where variant != .best {
      let other = LaneTable(metrics: laneMetrics, laneCount: sweep.run.laneCount)
      try sweep.run.simulate(into: other, kernels: variant.kernels, threads: context.threads)
      for lane in 0..<sweep.run.laneCount {
        try expectSameBits(best, lane, other, lane, "\(variant.rawValue), lane \(lane)")
      }
    }
    let changed = (0..<sweep.run.laneCount).count {
      best.value(metric: 0, lane: $0) != plainTable.value(metric: 0, lane: $0)
    }
    guard changed > 0 else {
      throw BenchmarkError.disagreement(
        what: "lanes that '\(variation.name)' changes", found: "0", expected: "some")
    }
    return contestant(variation.name, sweep)
  }
  return Workload(
    work: plain.laneBars, contestants: contestants, limit: contestant(limit, plain))
}
