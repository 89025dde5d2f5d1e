import BenchmarkKit
import BenchmarkReference
import Kernels
import Simulation

/// The lane engine on the sweep W1, for each instruction set that this processor runs.
let laneScenarios: [Scenario] = [
  Scenario(
    "lanes/w1-1-symbol", unit: .laneBars, limit: "the hand-written kernel, same threads",
    prepare: sweepOneSymbol),
  Scenario(
    "lanes/w1-20-symbols", unit: .laneBars, limit: "the hand-written kernel, same threads",
    prepare: sweepManySymbols),
]

/// 4,950 pairs of moving averages over one symbol.
///
/// Data: 2,520 unrounded closes, 20 kB; 12.5 million lane-bars on all threads. A lane-bar takes a comparison, three
/// selects, three multiplications, four additions or minima: about eleven vector operations for eight lanes, bound by
/// the vector units once several vectors are in flight, never by memory.
/// Limit: the kernel in `Benchmarks/reference`, written for this strategy alone. The engine has a ledger in its place:
/// cash, units and equity, orders, fees, and every metric. With so little work, the start of workers counts too.
private func sweepOneSymbol(_ context: ScenarioContext) throws -> Workload {
  try workload(context, symbols: 1)
}

/// The same over 20 symbols: 250 million lane-bars, where the start of workers no longer counts.
///
/// Data, operations and limit as `lanes/w1-1-symbol`.
private func sweepManySymbols(_ context: ScenarioContext) throws -> Workload {
  try workload(context, symbols: context.size(20, tiny: 3))
}

private func workload(_ context: ScenarioContext, symbols: Int) throws -> Workload {
  let sweep = try CrossoverSweep(
    bars: context.size(2520, tiny: 300), symbols: symbols,
    longest: context.size(101, tiny: 20))
  let reference = ReferenceSweep(sweep)
  let table = LaneTable(
    metrics: ["total_return", "sharpe", "max_drawdown"], laneCount: sweep.run.laneCount)
  try reference.run(threads: context.threads)
  let variants = Array(KernelVariant.available.reversed())
  for variant in variants {
    try sweep.run.simulate(into: table, kernels: variant.kernels, threads: context.threads)
    try reference.check(table, variant)
  }
  return Workload(
    work: sweep.laneBars,
    contestants: variants.map { variant in
      let kernels = variant.kernels
      return Contestant("LaneEngine \(variant.rawValue)") {
        try sweep.run.simulate(into: table, kernels: kernels, threads: context.threads)
      }
    },
    limit: Contestant("C kernel, \(String(cString: apus_reference_sweep_variant()))") {
      try reference.run(threads: context.threads)
    })
}

/// The sweep by the hand-written kernel.
final class ReferenceSweep {
  private let sweep: CrossoverSweep
  private let closes: [Double]
  private let rows: Scratch<apus_reference_row>

  init(_ sweep: CrossoverSweep) {
    self.sweep = sweep
    closes = sweep.run.symbols.flatMap {
      Fixture.column(sweep.panel, field: "close", symbol: $0)
    }
    rows = Scratch(.allocate(capacity: sweep.run.laneCount))
    rows.base.initialize(repeating: apus_reference_row(), count: sweep.run.laneCount)
  }

  func run(threads: Int) throws {
    let isDone = apus_reference_sweep(
      closes, Int32(sweep.run.symbols.count), Int32(sweep.panel.barCount), sweep.fast, sweep.slow,
      Int32(sweep.fast.count), CrossoverSweep.fee, sweep.run.barsPerYear, Int32(threads), false,
      rows.base)
    guard isDone else {
      throw BenchmarkError.unavailable(
        what: "memory for the reference sweep", next: "close other programs, or use --tiny")
    }
  }

  /// Holds every lane against the reference: entries equal, total return to 1e-12, the rest as far as sums in another
  /// order allow.
  func check(_ table: LaneTable, _ variant: KernelVariant) throws {
    var entries = 0.0
    for lane in 0..<sweep.run.laneCount {
      let row = rows.base[lane]
      let pairs = [
        ("entries", table.entryCount(lane: lane), row.entries, 0),
        ("growth", 1 + table.value(metric: 0, lane: lane), 1 + row.total_return, 1e-12),
        ("sharpe", table.value(metric: 1, lane: lane), row.sharpe, 1e-9),
        ("max_drawdown", table.value(metric: 2, lane: lane), row.max_drawdown, 1e-10),
      ]
      entries += row.entries
      for (name, found, expected, tolerance) in pairs {
        // A lane that never trades has no Sharpe ratio in either.
        if found.isNaN && expected.isNaN { continue }
        guard abs(found - expected) <= tolerance * max(1e-3, abs(expected)) else {
          throw BenchmarkError.disagreement(
            what: "\(variant.rawValue), lane \(lane), \(name)", found: "\(found)",
            expected: "\(expected)")
        }
      }
    }
    guard entries > 0 else {
      throw BenchmarkError.disagreement(what: "entries of all lanes", found: "0", expected: "some")
    }
  }
}
