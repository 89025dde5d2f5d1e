import Jobs
import Simulation
import Storage
import Testing

/// One plan gives one table, whoever computes it and in whatever parts.
@Suite struct DeterminismTests {
  @Test(arguments: SampleSpec.allCases) func sameBitsForWorkersTilesAndInstructionSets(
    sample: SampleSpec
  ) throws {
    let bench = try Workbench(SampleMarket.draft(bars: 300, seed: 21))
    let metrics = [
      "sharpe", "total_return", "sortino", "var_95", "max_drawdown", "trades", "turnover",
    ]
    let plan = try sample.plan(on: bench, metrics: metrics)
    let reference = content(try bench.run(plan, to: "reference.h5").table)
    for variant in KernelVariant.available {
      for (workers, tile) in [(1, 1), (2, 3), (7, 64), (1, 64), (7, 1), (2, nil)] {
        let outcome = try bench.run(plan) { options in
          options.force = true
          options.workers = workers
          options.tileLanes = tile
          options.variant = variant
        }
        let context = "\(variant), \(workers) workers, tiles of \(tile ?? 0)"
        #expect(difference(content(outcome.table), reference) == nil, "\(context)")
        let best = Array(outcome.table.leaderboard.prefix(plan.spec.top))
        #expect(outcome.best.leaderboard == best, "\(context)")
      }
    }
  }

  /// A table's content with its columns by name and their attributes in order: files keep neither.
  private func sorted(_ table: ResultTable) -> [String] {
    func order(_ columns: [ResultTable.Column]) -> [ResultTable.Column] {
      columns.map { column in
        ResultTable.Column(
          name: column.name, values: column.values,
          attributes: column.attributes.sorted { $0.name < $1.name })
      }.sorted { $0.name < $1.name }
    }
    var table = table
    table.parameters = order(table.parameters)
    table.metrics = order(table.metrics)
    let symbols = table.lanes.indices.map { table.symbol(at: $0) }
    table.symbols = []
    table.symbolIndex = []
    return content(table) + symbols
  }

  @Test(
    "every lane of a sweep replays to the bit, by every instruction set",
    arguments: SampleSpec.allCases)
  func replays(sample: SampleSpec) throws {
    let bench = try Workbench(SampleMarket.draft(seed: 22))
    let metrics = [
      "sharpe", "final_equity", "cvar_95", "trades", "win_rate", "fees", "exposure",
      "slippage_cost",
      "warm_bars",
    ]
    let plan = try sample.plan(on: bench, metrics: metrics)
    try bench.run(plan) { $0.tileLanes = 5 }
    let job = try ReplayJob(path: bench.folder.path("run.h5"))
    for variant in KernelVariant.available {
      for lane in 0..<plan.laneCount {
        let outcome = try job.replay(lane: lane, variant: variant)
        #expect(outcome.differing == [], "\(variant), lane \(lane)")
        #expect(outcome.symbol == plan.symbol(lane: lane))
        #expect(outcome.record.equity.count == plan.run.window.count)
      }
    }
  }
}
