import Foundation
import Jobs
import Market
import Metrics
import Simulation
import Storage
import Synchronization
import Testing

@Suite struct RunJobTests {
  // MARK: - Numbers

  /// Metrics that a record tells nothing of.
  private static let unseen: Set = [
    "warm_bars", "ambiguous_bars", "conflicting_signals",
    // The vector kernel counts none.
    "cancelled_orders",
    // What happened between entry and exit; see `StatisticsTests`.
    "average_mae", "largest_mae", "average_mfe", "largest_mfe", "end_trade_drawdown",
  ]

  @Test("every metric equals the one from the lane's record", arguments: SampleSpec.allCases)
  func metricsMatchRecords(sample: SampleSpec) throws {
    let bench = try Workbench(SampleMarket.draft(seed: 11))
    let plan = try sample.plan(on: bench, metrics: MetricCatalog.names)
    let table = try bench.run(plan).table
    let replays = try ReplayJob(path: bench.folder.path("run.h5"))
    #expect(
      table.lanes.count == plan.laneCount && table.metrics.count == MetricCatalog.names.count)
    var trades = 0
    var defined = 0
    for row in table.lanes.indices {
      let lane = Int(table.lanes[row])
      let record = try replays.replay(lane: lane).record
      let summary = wholeSeriesSummary(record, lane: lane, of: plan)
      trades += summary.trades
      for (column, metric) in zip(table.metrics, plan.metrics)
      where !Self.unseen.contains(metric.name) {
        let found = column.values[row]
        switch metric.value(of: summary) {
        case .defined(let expected):
          defined += 1
          #expect(
            abs(found - expected) <= 1e-9 * max(1, abs(expected)),
            "\(metric.name) of lane \(lane): \(found), from the record \(expected)")
        case .undefined(let reason):
          #expect(found.isNaN && table.reason[row].contains("\(metric.name): \(reason.rawValue)"))
        }
      }
    }
    // Lanes without trades would make it all true.
    #expect(trades > plan.laneCount && defined > 20 * plan.laneCount)
  }

  @Test("the numbers of a lane that can be worked out by hand") func byHand() throws {
    let bench = try Workbench(SampleMarket.closes(["A": [10, 11, 12, 9, 9, 10]]))
    let plan = try bench.plan(
      """
      strategy: { long_entry: "close > 10.5", long_exit: "close < 9.5" }, account: { cash: 1100 },
      execution: { commission: { fixed: 10 } },
      metrics: ["final_equity", "total_return", "trades", "fees", "exposure", "max_drawdown", "win_rate"]
      """)
    let table = try bench.run(plan).table
    // Signal at 11, filled at the next open, 11, with 1100 - 10: 1090/11 units. Signal at 9, filled at 9, less 10.
    let units = 1090 / 11.0
    let final = units * 9 - 10
    let expected = [
      final, final / 1100 - 1, 1, 20, 2 / 6.0, final / (units * 12) - 1, 0,
    ]
    for (column, value) in zip(table.metrics, expected) {
      #expect(abs(column.values[0] - value) < 1e-12 * max(1, abs(value)), "\(column.name)")
    }
    let attributes = table.attributes
    #expect(
      attributes.bars == 6 && attributes.from == "2014-01-01" && attributes.to == "2014-01-06")
    #expect(attributes.fill == "next_open" && attributes.barsPerYear == 252)
    #expect(attributes.convention == "apus" && attributes.panel == "us_equity_1d")
    #expect(attributes.store == bench.store && attributes.spec == plan.spec.text)
    #expect(
      attributes.dataSHA256 == plan.run.panel.contentHash && attributes.specSHA256.count == 64)
  }

  @Test func tablesCarryParametersAndSymbolsOfTheirLanes() throws {
    let bench = try Workbench(SampleMarket.draft(bars: 30))
    let plan = try bench.plan(
      data: "symbols: ['BBB', 'AAA']",
      "parameters: { b: [3, 1], a: [5, 7, 9] }, where: 'a > 5 or b > 1', strategy: { long_entry: 'close > a + b' }"
    )
    let table = try bench.run(plan).table
    #expect(table.parameters.map(\.name) == ["b", "a"])
    let sets = [(3.0, 5.0), (3, 7), (3, 9), (1, 7), (1, 9)]
    #expect(table.parameters[0].values == sets.map(\.0) + sets.map(\.0))
    #expect(table.parameters[1].values == sets.map(\.1) + sets.map(\.1))
    #expect(
      table.lanes.indices.map { table.symbol(at: $0) } == Array(repeating: "BBB", count: 5)
        + Array(repeating: "AAA", count: 5))
  }

  // MARK: - Lanes that fail, are ruined, or have no value

  @Test func symbolsWithoutAPriceInTheWindowFail() throws {
    let nan = Double.nan
    let rise = (0..<10).map { 10 + Double($0) }
    let bench = try Workbench(
      SampleMarket.closes([
        "EARLY": [1, 2, 3, 4] + Array(repeating: nan, count: 6),
        "FINE": rise, "GAP": [5, 6, 7, nan, nan, nan, nan, nan, nan, 8],
        "LATE": Array(repeating: nan, count: 9) + [5], "NEVER": Array(repeating: nan, count: 10),
      ]))
    let plan = try bench.plan(
      data: "from: '2014-01-05', to: '2014-01-09'",
      "parameters: { n: [1, 2] }, strategy: { long_entry: 'close > n' }, metrics: ['total_return', 'trades', 'sharpe']"
    )
    let outcome = try bench.run(plan) { $0.keepsTraces = true }
    let table = outcome.table
    let failed = table.lanes.indices.filter { table.status[$0] == .failed }
    #expect(Set(failed.map { table.symbol(at: $0) }) == ["EARLY", "GAP", "LATE", "NEVER"])
    #expect(failed.count == 8 && outcome.isComplete)
    #expect(table.attributes.lanesOK == 2 && table.attributes.lanesFailed == 8)
    for row in failed {
      #expect(table.reason[row] == "no_price_in_window")
      #expect(table.metrics.allSatisfy { $0.values[row].isNaN })
    }
    #expect(Array(table.leaderboard.prefix(2)) == [2, 3])
    #expect(table.leaderboard.dropFirst(2).elementsEqual([0, 1, 4, 5, 6, 7, 8, 9]))
    // Each null of a failed row has its reason, in the summary and when ranked again.
    for row in outcome.summary.leaderboard.rows.dropFirst(2) {
      #expect(row.status == "failed" && row.metrics.values.allSatisfy { $0 == nil })
      #expect(
        row.reasons == [
          "total_return": "no_price_in_window", "trades": "no_price_in_window",
          "sharpe": "no_price_in_window",
        ])
    }
    for lane in 0..<10 {
      #expect(try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: lane).differing == [])
    }
  }

  @Test func ruinedLanesRankBehind() throws {
    let bench = try Workbench(
      SampleMarket.closes([
        "FALLS": [10, 10, 9, 8, 7, 6], "JUMPS": [10, 10, 10, 40, 40, 40],
        "STILL": [10, 10, 10, 10, 10, 10],
      ]))
    // The jump is an opening gap, which no stop can meet.
    let plan = try bench.plan(
      "strategy: { short_entry: 'close > 1' }, execution: { fill: 'next_close' }, "
        + "metrics: ['final_equity', 'volatility', 'sharpe'], rank: { by: 'volatility' }")
    let outcome = try bench.run(plan)
    let table = outcome.table
    #expect(table.status == [.ok, .ruined, .ok])
    #expect(table.metrics[0].values[1] <= 0)
    #expect(table.leaderboard == [2, 0, 1] && table.leaderboardDirection == "lower")
    #expect(outcome.summary.warnings.contains { $0.code == "ruined" && $0.message.hasPrefix("1 ") })
    #expect(table.attributes.lanesOK == 3 && table.attributes.lanesFailed == 0)
    let byEquity = try RankJob(path: bench.folder.path("run.h5")).ranked(by: "final_equity").table
    #expect(byEquity.leaderboard.last == 1)
    #expect(try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: 1).differing == [])
  }

  @Test func withdrawalsThatCannotBePaidAreTold() throws {
    let bench = try Workbench(SampleMarket.closes(["A": [10, 10, 10, 10]]))
    // Fifty leave before the purchase takes the rest; the two that follow find nothing.
    let plan = try bench.plan(
      "strategy: { long_entry: 'close > 1' }, metrics: ['missed_withdrawals', 'net_flows'], "
        + "account: { cash: 100, flows: [{ every: 1, amount: -50 }] }, rank: { by: 'net_flows' }")
    let outcome = try bench.run(plan)
    #expect(outcome.table.metrics.map(\.values) == [[100], [-50]])
    let warning = try #require(outcome.summary.warnings.first { $0.code == "withdrawals" })
    #expect(warning.message.hasPrefix("1 lanes had less cash than account.flows withdraws"))
  }

  /// The same whichever engine a size goes through.
  @Test(arguments: ["fraction_of_equity: 0.5", "units: 5000", "notional: 50000"])
  func closesAloneAreEnoughToFillAtThem(size: String) throws {
    var draft = SampleMarket.closes(["A": [10, 10, 10, 11]])
    draft.fields = draft.fields.filter { $0.name == "close" }
    let bench = try Workbench(draft)
    let plan = try bench.plan(
      "strategy: { long_entry: 'close > 1', size: { \(size) } }, execution: { fill: 'next_close' }, "
        + "metrics: ['final_equity'], rank: { by: 'final_equity' }")
    #expect(try bench.run(plan).table.metrics[0].values == [105_000])
  }

  @Test func leverageAllowsMoreThanEquity() throws {
    let bench = try Workbench(SampleMarket.closes(["A": [10, 10, 10, 11]]))
    let plan = try bench.plan(
      "strategy: { long_entry: 'close > 1', size: { fraction_of_equity: 2 } }, "
        + "account: { leverage: 2 }, metrics: ['final_equity'], rank: { by: 'final_equity' }")
    // 200,000 of stock, bought with 100,000, earn a tenth.
    #expect(try bench.run(plan).table.metrics[0].values == [120_000])
    #expect(plan.route.hasPrefix("rule_book"))
  }

  @Test func undefinedMetricsSayWhy() throws {
    let bench = try Workbench(SampleMarket.closes(["A": [10, 10, 10, 10]]))
    let plan = try bench.plan(
      "strategy: { long_entry: 'close > 11' }, metrics: ['sharpe', 'win_rate', 'calmar', 'trades']")
    let outcome = try bench.run(plan)
    #expect(
      outcome.table.reason == ["sharpe: no_variation; win_rate: no_trades; calmar: no_drawdown"])
    let row = try #require(outcome.summary.leaderboard.rows.first)
    #expect(
      row.reasons == ["sharpe": "no_variation", "win_rate": "no_trades", "calmar": "no_drawdown"])
    #expect(
      row.metrics.filter { $0.value == nil }.keys.sorted() == ["calmar", "sharpe", "win_rate"])
    #expect(outcome.summary.warnings.contains { $0.code == "no_trades" && $0.severity == .warning })
  }

  // MARK: - Interruption

  @Test(arguments: [1, 4, 5]) func whatWasFinishedIsKept(tiles: Int) throws {
    // No symbol ends: such a one would be run after the others, by the rule book.
    let bench = try Workbench(
      SampleMarket.draft(bars: 80, symbols: ["AAA"], seed: 3),
      SampleMarket.draft("three", bars: 80, symbols: ["AAA", "BBB", "CCC"], seed: 3).unending)
    let plan = try bench.plan(data: "panel: 'three'", SampleSpec.dip.text)
    let whole = try bench.run(plan, to: "whole.h5").table
    let asked = Counter()
    let outcome = try bench.run(plan, isCancelled: { asked.next() >= tiles }) { options in
      options.tileLanes = 2
      options.keepsTraces = true
    }
    let table = outcome.table
    #expect(!outcome.isComplete)
    // The nine sets of three symbols come in pairs, a symbol after the other.
    #expect(table.lanes.count == tiles * 2 && table.leaderboard.count == tiles * 2)
    for (row, lane) in table.lanes.enumerated() {
      #expect(
        table.metrics.map { $0.values[row].bitPattern }
          == whole.metrics.map { $0.values[Int(lane)].bitPattern })
      #expect(
        try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: Int(lane)).differing == [])
    }
    let warning = try #require(outcome.summary.warnings.first { $0.code == "interrupted" })
    #expect(warning.message == "the run was stopped: \(tiles * 2) of 27 lanes are here")
    #expect(
      try ResultStore.read(bench.folder.path("run.h5")).attributes.warnings.contains("interrupted"))
    #expect(
      content(try ResultStore.read(bench.folder.path("run.h5"))).count == content(table).count)
    #expect(throws: ReplayError.noLane(26, lanes: tiles * 2)) {
      try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: 26)
    }
  }

  @Test func aRunStoppedAtOnceLeavesNothing() throws {
    let bench = try Workbench(SampleMarket.draft(bars: 80))
    let plan = try SampleSpec.stops.plan(on: bench)
    #expect(throws: RunInterrupted.self) { try bench.run(plan, isCancelled: { true }) }
    #expect(try bench.folder.names() == ["prices.h5"])
    // A result that stands there stays, forced or not.
    try bench.run(plan)
    let summary = try bench.folder.read("run.json")
    #expect(throws: RunInterrupted.self) {
      try bench.run(plan, isCancelled: { true }) { $0.force = true }
    }
    #expect(try bench.folder.read("run.json") == summary)
    #expect(try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: 3).differing == [])
  }

  @Test func progressCountsEveryLane() throws {
    let bench = try Workbench(SampleMarket.draft(bars: 60))
    let plan = try SampleSpec.dip.plan(on: bench)
    var options = RunJob.Options(output: bench.folder.path("run.h5"))
    options.tileLanes = 4
    options.workers = 2
    let most = Mutex(0)
    _ = try RunJob(plan: plan, options: options).run(progress: { done in
      most.withLock { $0 = max($0, done) }
    })
    #expect(most.withLock { $0 } == plan.laneCount)
  }

  // MARK: - Files

  @Test(
    "an output that cannot be written is refused before any work",
    arguments: ["no/run.h5", ".", "", "store.h5/run.h5"])
  func unwritable(name: String) throws {
    let bench = try Workbench(SampleMarket.draft(bars: 20))
    try bench.folder.write("x", to: "store.h5")
    let plan = try SampleSpec.dip.plan(on: bench)
    let asked = Counter()
    var options = RunJob.Options(output: name.isEmpty ? "" : bench.folder.url.path + "/" + name)
    options.force = true
    let job = RunJob(plan: plan, options: options)
    #expect(throws: StorageError.self) { try job.run(isCancelled: { asked.next() < 0 }) }
    #expect(asked.next() == 0, "a tile was begun")
    #expect(try bench.folder.names() == ["prices.h5", "store.h5"])
  }

  @Test(arguments: ["run.h5", "run.json"]) func whatExistsIsKeptWithoutForce(name: String) throws {
    let bench = try Workbench(SampleMarket.draft(bars: 20))
    let plan = try SampleSpec.dip.plan(on: bench)
    try bench.folder.write("precious", to: name)
    #expect(throws: StorageError.fileExists(path: bench.folder.path(name))) { try bench.run(plan) }
    #expect(try bench.folder.names() == ["prices.h5", name].sorted())
    #expect(try bench.folder.read(name) == "precious")
    try bench.run(plan) { $0.force = true }
    #expect(try bench.folder.names() == ["prices.h5", "run.h5", "run.json"])
    #expect(try ResultStore.read(bench.folder.path("run.h5")).lanes.count == plan.laneCount)
  }

  @Test func summariesStandBesideResults() {
    #expect(RunJob.summaryPath("a/run.h5") == "a/run.json")
    #expect(RunJob.summaryPath("run") == "run.json")
    #expect(RunJob.summaryPath("run.hdf5") == "run.hdf5.json")
  }

  @Test("neither the store nor the spec is ever replaced") func inputsAreKept() throws {
    let bench = try Workbench(SampleMarket.draft(bars: 20))
    let plan = try SampleSpec.dip.plan(on: bench)
    let spec = try bench.folder.write("the spec", to: "dip.json")
    let manager = FileManager.default
    try manager.createSymbolicLink(
      atPath: bench.folder.path("link.h5"), withDestinationPath: bench.store)
    try manager.linkItem(atPath: bench.store, toPath: bench.folder.path("hard.h5"))
    let before = try Data(contentsOf: URL(filePath: bench.store))
    for output in ["prices.h5", "./prices.h5", "link.h5", "hard.h5", "dip.h5"] {
      let asked = Counter()
      let error = #expect(throws: StorageError.self) {
        try bench.run(plan, to: output, isCancelled: { asked.next() < 0 }) { options in
          options.force = true
          options.inputs = [spec]
        }
      }
      #expect(
        "\(try #require(error))".hasSuffix("was read for it and is kept; choose another name."))
      #expect(asked.next() == 0)
    }
    #expect(try Data(contentsOf: URL(filePath: bench.store)) == before)
    #expect(try bench.folder.read("dip.json") == "the spec")
    #expect(try bench.folder.names() == ["dip.json", "hard.h5", "link.h5", "prices.h5"])
  }

  @Test func aStoreOfSeveralFilesTakesNoResultAmongThem() throws {
    let bench = try Workbench(SampleMarket.draft(bars: 20))
    let folder = bench.folder.path("prices")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: bench.store, toPath: folder + "/1.h5")
    let plan = try RunPlan(spec: SampleSpec.dip.plan(on: bench).spec, storePath: folder)
    #expect(throws: StorageError.self) { try bench.run(plan, to: "prices/run.h5") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["1.h5"])
    try bench.run(plan)
  }
}

/// Counts how often it was asked.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  /// 0 at the first call.
  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}
