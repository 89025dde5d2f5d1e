import Jobs
import Market
import Storage
import Testing

@Suite struct ReplayJobTests {
  private let bench: Workbench
  private let path: String

  init() throws {
    bench = try Workbench(SampleMarket.draft(seed: 5))
    try bench.run(SampleSpec.stops.plan(on: bench))
    path = bench.folder.path("run.h5")
  }

  @Test func aChangedStoreIsRefused() throws {
    let job = try ReplayJob(path: path)
    let recorded = job.result.attributes.dataSHA256
    let draft = SampleMarket.draft(seed: 6)
    try PriceStore.add(draft, to: bench.store, force: true)
    let found = try PriceStore.open(bench.store).loadPanel(draft.name).contentHash
    let error = ReplayError.dataChanged(store: bench.store, recorded: recorded, found: found)
    #expect(throws: error) { try ReplayJob(path: path) }
    #expect(recorded != found)
    #expect(
      "\(error)".hasPrefix(
        "\(bench.store) has changed since the run: its content hash is \(found.prefix(12))…"))
    // What was loaded before stays as it was, so that a run under way is not disturbed.
    #expect(try job.replay(lane: 3).differing == [])
  }

  @Test func anotherPanelInTheStoreChangesNothing() throws {
    try PriceStore.add(SampleMarket.draft("other", seed: 9), to: bench.store)
    // The spec names no panel, and now there are two.
    #expect(throws: SpecError.self) { try ReplayJob(path: path) }
  }

  @Test func aMovedStoreCanBeNamed() throws {
    let copy = try Workbench(SampleMarket.draft(seed: 5))
    try PriceStore.add(SampleMarket.draft(seed: 6), to: bench.store, force: true)
    #expect(try ReplayJob(path: path, store: copy.store).replay(lane: 0).differing == [])
  }

  @Test(arguments: [-1, 18, Int.max]) func lanesThatAreNotThere(lane: Int) throws {
    let job = try ReplayJob(path: path)
    #expect(throws: ReplayError.noLane(lane, lanes: 18)) { try job.replay(lane: lane) }
    #expect(
      "\(ReplayError.noLane(lane, lanes: 18))"
        == "--lane: the result has no lane \(lane); it has 18 lanes: apus rank lists them")
  }

  @Test func aChangedNumberIsFound() throws {
    var table = try ResultStore.read(path)
    let place = try #require(table.metrics.firstIndex { $0.name == "total_return" })
    table.metrics[place].values[4] = table.metrics[place].values[4].nextUp
    try ResultStore.write(table, to: path, force: true)
    let job = try ReplayJob(path: path)
    #expect(try job.replay(lane: 4).differing == ["total_return"])
    #expect(try job.replay(lane: 5).differing == [])
  }

  @Test func aLaneIsWrittenWithItsTrace() throws {
    let job = try ReplayJob(path: path)
    let outcome = try job.replay(lane: 7)
    let record = outcome.record
    let output = bench.folder.path("lane.h5")
    try job.write(outcome, lane: 7, to: output, force: false)
    let table = try ResultStore.read(output)
    #expect(table.lanes == [7] && table.leaderboard == [7])
    #expect(table.attributes.lanesOK == 1 && table.attributes.lanesFailed == 0)
    #expect(table.symbol(at: 0) == outcome.symbol)
    #expect(
      table.parameters.map { $0.values[0] }.sorted() == outcome.parameters.map(\.value).sorted())
    let trace = try ResultStore.readTrace(output, lane: 7)
    #expect(
      trace.equity == record.equity && trace.cash == record.cash
        && trace.exposure == record.exposure)
    #expect(trace.timeNs == job.plan.run.panel.time.ns)
    func integers(_ columns: [LaneTrace.Column], _ name: String) -> [Int64] {
      guard case .integers(let values)? = columns.first(where: { $0.name == name })?.values else {
        return []
      }
      return values
    }
    #expect(!record.fills.isEmpty && !record.trades.isEmpty)
    #expect(integers(trace.fills, "time") == record.fills.map { trace.timeNs[$0.bar] })
    // An open trade has no exit: the least integer, which pandas reads as no time.
    #expect(
      integers(trace.trades, "exit_time")
        == record.trades.map { $0.exitBar.map { trace.timeNs[$0] } ?? .min })
    #expect(throws: StorageError.fileExists(path: output)) {
      try job.write(outcome, lane: 7, to: output, force: false)
    }
  }

  @Test func aLaneNeverReplacesItsResultOrStore() throws {
    let job = try ReplayJob(path: path)
    let outcome = try job.replay(lane: 7)
    for output in [path, bench.store] {
      #expect(throws: StorageError.self) {
        try job.write(outcome, lane: 7, to: output, force: true)
      }
    }
    #expect(try ReplayJob(path: path).replay(lane: 8).differing == [])
  }

  @Test func tracesOfABacktestAreThoseOfReplays() throws {
    let plan = try bench.plan(
      "strategy: { long_entry: 'close > sma(close, 9)', long_exit: 'close < sma(close, 9)', stop_loss: 0.04 }"
    )
    try bench.run(plan, to: "trace.h5") { $0.keepsTraces = true }
    let output = bench.folder.path("trace.h5")
    #expect(try ResultStore.tracedLanes(output) == [0, 1, 2])
    let job = try ReplayJob(path: output)
    for lane in 0..<3 {
      let record = try job.replay(lane: lane).record
      #expect(try ResultStore.readTrace(output, lane: Int64(lane)).equity == record.equity)
    }
  }
}
