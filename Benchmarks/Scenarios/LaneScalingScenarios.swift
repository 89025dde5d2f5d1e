import BenchmarkKit
import Dispatch
import Glibc
import Kernels
import Market
import Simulation
import Synchronization

/// The lane engine on sweeps of other shapes: long, large, on more workers, over many symbols.
let laneScalingScenarios: [Scenario] = [
  Scenario(
    "lanes/w2-long-series", unit: .laneBars,
    limit: "the same pairs over 2,520 bars, for a lane-bar",
    prepare: longSeries),
  Scenario(
    "lanes/scaling", unit: .laneBars, limit: "10,000 lanes, for a lane-bar", prepare: scaling),
  Scenario("lanes/threads", unit: .laneBars, limit: "1 worker", prepare: threads),
  Scenario(
    "lanes/3000-symbols", unit: .laneBars, limit: "the mean of the workers", prepare: manySymbols),
]

/// The sweep W2: 1,000 pairs of moving averages over a million minutes of one symbol, against the same pairs over
/// sixteen symbols of 2,520 bars.
///
/// Data: 8 MB of closes, a billion lane-bars; the averages would fill 900 MB, and are never whole in memory. A ratio of
/// 1 says that the length of a series costs nothing: blocks of bars stay in the caches.
/// Limit: the short series, 40 million lane-bars, in cost for a lane-bar.
private func longSeries(_ context: ScenarioContext) throws -> Workload {
  let fast = stride(from: 5, through: 50, by: 5).map(Double.init)
  let slow = stride(from: 60, through: context.size(555, tiny: 100), by: 5).map(Double.init)
  let minutes = Fixture.panel(
    try Fixture.draft(
      bars: context.size(1_000_000, tiny: 3000), symbols: 1, frequency: .minute))
  let days = Fixture.panel(
    try Fixture.draft(bars: context.size(2520, tiny: 300), symbols: context.size(16, tiny: 2)))
  // The corners of the grid stand for the rest: the reference keeps whole averages.
  let corners = try CrossoverSweep(
    panel: minutes, fast: [fast[0], fast[fast.count - 1]], slow: [slow[0], slow[slow.count - 1]])
  let reference = ReferenceSweep(corners)
  try reference.run(threads: context.threads)
  try reference.check(try table(of: corners, context), .best)
  return try ratios(
    context, contestants: [try CrossoverSweep(panel: minutes, fast: fast, slow: slow)],
    limit: try CrossoverSweep(panel: days, fast: fast, slow: slow))
}

/// About 1,000, 10,000, 100,000 and 1,000,000 lanes of 2,520 bars: more pairs of moving averages first, more symbols
/// later.
///
/// Data: up to 100 symbols, 10 MB; 2.5 million to 2.5 billion lane-bars. A ratio of 1 is a time in proportion to lanes.
/// With a thousand lanes, a millisecond of work, the start of workers counts.
/// Limit: the cost of a lane-bar with 10,000 lanes.
private func scaling(_ context: ScenarioContext) throws -> Workload {
  let (few, many) = (context.size(46, tiny: 8), context.size(142, tiny: 12))
  let most = context.size(100, tiny: 4)
  let panel = Fixture.panel(
    try Fixture.draft(bars: context.size(2520, tiny: 200), symbols: most))
  let limit = try CrossoverSweep(panel: panel, symbols: 1, longest: many)
  let sweeps = [
    try CrossoverSweep(panel: panel, symbols: 1, longest: few),
    try CrossoverSweep(panel: panel, symbols: context.size(10, tiny: 2), longest: many),
    try CrossoverSweep(panel: panel, symbols: most, longest: many),
  ]
  // The lanes of the first symbol come first in each: they must be the same, whatever follows.
  let alone = try table(of: limit, context)
  let together = try table(of: sweeps[1], context)
  for lane in 0..<limit.run.laneCount {
    try expectSameBits(alone, lane, together, lane, "lane \(lane) among more lanes")
  }
  return try ratios(context, contestants: sweeps, limit: limit)
}

/// W1 over four symbols on all workers against one.
///
/// Data: 19,800 lanes × 2,520 bars. Workers share nothing that is written, so n of them should take a 1/n of the time:
/// 0.5 for two, as far as the processor gives two threads two cores.
/// Limit: one worker.
private func threads(_ context: ScenarioContext) throws -> Workload {
  let sweep = try CrossoverSweep(
    bars: context.size(2520, tiny: 200), symbols: context.size(4, tiny: 2),
    longest: context.size(101, tiny: 12))
  let kernels = KernelVariant.best.kernels
  func contestant(_ workers: Int) throws -> Contestant {
    let table = LaneTable(metrics: laneMetrics, laneCount: sweep.run.laneCount)
    return Contestant("\(workers) worker\(workers == 1 ? "" : "s")") {
      try sweep.run.simulate(into: table, kernels: kernels, threads: workers)
    }
  }
  return Workload(
    work: sweep.laneBars, contestants: [try contestant(max(2, context.threads))],
    limit: try contestant(1))
}

/// Twenty-one pairs over 3,000 symbols whose histories begin anywhere, one in fifty without any: how evenly workers end.
///
/// Data: 1,260 bars, 150 MB; 63,000 lanes, of which half the bars hold a price. The time that counts is from the start to
/// the last tile of a worker. The last worker over the mean of all is 1 if the work is balanced; beyond that, some wait
/// for one that still works.
/// Limit: the mean over the workers.
private func manySymbols(_ context: ScenarioContext) throws -> Workload {
  let panel = try Fixture.unequalPanel(
    bars: context.size(1260, tiny: 100), symbols: context.size(3000, tiny: 40))
  let sweep = try CrossoverSweep(panel: panel, longest: 8)
  let table = LaneTable(metrics: laneMetrics, laneCount: sweep.run.laneCount)
  let engine = LaneEngine(
    run: sweep.run, kernels: KernelVariant.best.kernels, workers: max(2, context.threads))
  @Sendable func busySeconds() throws -> [Double] {
    let ends = Mutex<[UInt: UInt64]>([:])
    let begin = monotonicNanoseconds()
    _ = try engine.simulate(
      progress: { _ in
        let now = monotonicNanoseconds()
        ends.withLock { $0[UInt(pthread_self())] = now }
      },
      finished: { lane, summary in table.record(lane: lane, summary) })
    return ends.withLock { $0.values.map { Double($0 - begin) * 1e-9 } }
  }
  _ = try busySeconds()
  let traded = (0..<sweep.run.laneCount).count { table.entryCount(lane: $0) > 0 }
  guard traded > 0, traded < sweep.run.laneCount else {
    throw BenchmarkError.disagreement(
      what: "lanes that trade, where some symbols have no price", found: "\(traded)",
      expected: "some and not all of \(sweep.run.laneCount)")
  }
  return Workload(
    work: sweep.laneBars,
    contestants: [
      .timingItself("last of \(engine.workers) workers") { try busySeconds().max() ?? 0 }
    ],
    limit: .timingItself("mean of the workers") {
      let seconds = try busySeconds()
      return seconds.reduce(0, +) / Double(max(1, seconds.count))
    })
}

let laneMetrics = ["total_return", "sharpe", "max_drawdown"]

/// Simulates a sweep once.
func table(of sweep: CrossoverSweep, _ context: ScenarioContext) throws -> LaneTable {
  let table = LaneTable(metrics: laneMetrics, laneCount: sweep.run.laneCount)
  try sweep.run.simulate(
    into: table, kernels: KernelVariant.best.kernels, threads: context.threads)
  return table
}

/// Throws unless two lanes have the same metrics and entries, bit for bit.
func expectSameBits(
  _ a: LaneTable, _ lane: Int, _ b: LaneTable, _ other: Int, _ what: String
) throws {
  for (index, name) in laneMetrics.enumerated() {
    let (expected, found) = (
      a.value(metric: index, lane: lane), b.value(metric: index, lane: other)
    )
    guard found.bitPattern == expected.bitPattern else {
      throw BenchmarkError.disagreement(
        what: "\(what), \(name)", found: "\(found)", expected: "\(expected)")
    }
  }
  guard a.entryCount(lane: lane) == b.entryCount(lane: other) else {
    throw BenchmarkError.disagreement(
      what: "\(what), entries", found: "\(b.entryCount(lane: other))",
      expected: "\(a.entryCount(lane: lane))")
  }
}

/// Times sweeps of different sizes, in cost for a lane-bar.
private func ratios(
  _ context: ScenarioContext, contestants: [CrossoverSweep], limit: CrossoverSweep
) throws -> Workload {
  let kernels = KernelVariant.best.kernels
  func contestant(_ sweep: CrossoverSweep) -> Contestant {
    let table = LaneTable(metrics: laneMetrics, laneCount: sweep.run.laneCount)
    let name = "\(sweep.run.laneCount) lanes × \(sweep.panel.barCount) bars"
    return Contestant(name, work: sweep.laneBars) {
      try sweep.run.simulate(into: table, kernels: kernels, threads: context.threads)
    }
  }
  return Workload(
    work: limit.laneBars, contestants: contestants.map(contestant), limit: contestant(limit))
}
