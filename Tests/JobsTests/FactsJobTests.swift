import Foundation
import Interchange
import Jobs
import Market
import Storage
import TestSupport
import Testing

/// A store of the market that `Golden/actions/make_actions_golden.py` makes up.
private struct ActionsMarket {
  static let golden = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Golden/actions")
  let folder: ScratchFolder
  let store: String

  init() throws {
    folder = try ScratchFolder()
    store = folder.path("prices.h5")
  }

  static func file(_ name: String) -> String { golden.appending(path: name).path }

  @discardableResult
  func importPrices(mapped: Bool = true) throws -> ImportJob.Outcome {
    var job = ImportJob(files: [Self.file("prices.csv")], store: store)
    if mapped { job.options.tickers = try LeanMapImporter.map(Self.file("map.csv")) }
    return try job.run()
  }

  @discardableResult
  func facts(
    _ format: String, _ file: String, _ change: (inout FactsJob) -> Void = { _ in },
    dryRun: Bool = false
  ) throws -> FactsJob.Outcome {
    var job = FactsJob(files: [file], store: store, format: format)
    change(&job)
    return try job.run(dryRun: dryRun)
  }

  func text(_ name: String, _ text: String) throws -> String { try folder.write(text, to: name) }

  func panel(_ adjustment: Adjustment) throws -> PricePanel {
    try PriceStore.open(store).loadPanel("us_equity_1d", adjusted: adjustment, dayStart: { $0 })
  }

  var hash: String { get throws { try PriceStore.open(store).contentHash } }

  /// Holds views against what pandas made by holding shares; returns the number of rows.
  func compare(_ location: SourceLocation = #_sourceLocation) throws -> Int {
    let rows = try String(contentsOf: Self.golden.appending(path: "expected.csv"), encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let (raw, splits, total) = (try panel(.none), try panel(.splits), try panel(.totalReturn))
    let views: [(column: String, panel: PricePanel, field: String)] = [
      ("open", raw, "open"), ("close", raw, "close"), ("volume", raw, "volume"),
      ("splits_open", splits, "open"), ("splits_close", splits, "close"),
      ("adjusted_volume", splits, "volume"), ("total_return_open", total, "open"),
      ("total_return_close", total, "close"), ("adjusted_volume", total, "volume"),
    ]
    for view in views {
      let column = try #require(rows[0].firstIndex(of: view.column))
      let field = try #require(view.panel.fieldIndex(view.field))
      var worst = 0.0
      for row in rows.dropFirst() {
        let bar = view.panel.time.firstBar(
          atOrAfter: try Timestamp.nanoseconds(parsing: row[0]))
        let symbol = try #require(view.panel.symbols.index(of: row[1]))
        let expected = try #require(Double(row[column]))
        let found = view.panel.value(field: field, bar: bar, symbol: symbol)
        worst = max(worst, found.isNaN ? .infinity : abs(found / expected - 1))
      }
      #expect(worst < 1e-13, "\(view.column)", sourceLocation: location)
    }
    let close = try #require(raw.fieldIndex("close"))
    let present = (0..<raw.barCount * raw.symbolCount).count {
      !raw.value(field: close, bar: $0 / raw.symbolCount, symbol: $0 % raw.symbolCount).isNaN
    }
    #expect(present == rows.count - 1, sourceLocation: location)
    return rows.count - 1
  }
}

@Suite struct FactsJobTests {
  @Test func viewsAreWhatHoldingSharesGives() throws {
    let market = try ActionsMarket()
    let prices = try market.importPrices()
    // The stranger's five rows are nobody's.
    #expect(prices.summary.quarantined == [.ticker: 5] && prices.quarantined.count == 5)
    #expect(prices.summary.rowsKept == prices.summary.rowsRead - 5)
    let outcome = try market.facts("actions", ActionsMarket.file("actions.csv"))
    // The map knows of the delisting, but not of its return.
    #expect(outcome.added == 13 && outcome.quarantined.isEmpty && outcome.unknown.isEmpty)
    #expect(try market.compare() == 341)
    let store = try PriceStore.open(market.store)
    let renames = store.actions.named(by: store.symbols).filter { $0.kind == .rename }
    #expect(
      renames.map(\.symbol) == ["GAMMA", "NEWCO"] && renames.map(\.becomes) == ["BETA", "GAMMA"])
    #expect(store.quarantineCount == 5)
    try store.verify()
  }

  @Test func aMapCanComeAfterThePrices() throws {
    let market = try ActionsMarket()
    try market.importPrices(mapped: false)
    let map = ActionsMarket.file("map.csv")
    let dry = try market.facts("lean-map", map, dryRun: true)
    #expect(dry.moved == 60 && dry.unclaimed == 5)
    #expect(try PriceStore.open(market.store).quarantineCount == 0)
    let outcome = try market.facts("lean-map", map)
    #expect(outcome.moved == 60 && outcome.unclaimed == 5 && outcome.added == 3)
    try market.facts("actions", ActionsMarket.file("actions.csv"))
    #expect(try market.compare() == 341)
    // Applied again, it would take away what it gave.
    let hash = try market.hash
    let again = try market.facts("lean-map", map)
    #expect(again.moved == 0 && again.unclaimed == 0 && again.added == 0)
    #expect(try market.hash == hash)
  }

  @Test func readingAgainChangesNothing() throws {
    let market = try ActionsMarket()
    try market.importPrices()
    let actions = ActionsMarket.file("actions.csv")
    try market.facts("actions", actions)
    let hash = try market.hash
    let again = try market.facts("actions", actions)
    #expect(again.added == 0 && again.known == 13 && again.replaced == 0)
    #expect(try market.hash == hash)
  }

  @Test func otherValuesNeedForce() throws {
    let market = try ActionsMarket()
    try market.importPrices()
    try market.facts("actions", ActionsMarket.file("actions.csv"))
    let hash = try market.hash
    let other = try market.text(
      "other.csv",
      "date,symbol,type,value\n2021-01-18,ALPHA,split,8\n2021-01-19,BETA,dividend,0.1\n")
    do {
      try market.facts("actions", other)
      Issue.record("it was taken")
    } catch {
      #expect(
        "\(error)"
          == "\(market.store) has 1 of these actions with another value, first the split of "
          + "ALPHA on 2021-01-18: 7.0 there, 8.0 here. To replace them: --force.")
    }
    #expect(try market.hash == hash)
    let forced = try market.facts("actions", other) { $0.force = true }
    #expect(forced.replaced == 1 && forced.added == 1)
  }

  @Test func symbolsThatTheStoreLacksAreNamed() throws {
    let market = try ActionsMarket()
    try market.importPrices()
    let mixed = try market.text(
      "mixed.csv",
      "date,symbol,type,value\n2021-01-19,ALPAH,split,2\n2021-01-19,BETA,dividend,0.1\n2021-01-20,NEWCO,split,2\n"
    )
    let outcome = try market.facts("actions", mixed)
    #expect(outcome.unknown.map(\.symbol) == ["ALPAH", "NEWCO"])
    #expect(outcome.unknown.map(\.nearest) == ["ALPHA", nil])
    #expect(outcome.added == 1 && outcome.leftOut == 2)
    #expect(throws: ImportError.self) {
      try market.facts("actions", mixed) { $0.options.onBadRow = .reject }
    }
    let none = try market.text("none.csv", "date,symbol,type,value\n2021-01-19,ALPAH,split,2\n")
    do {
      try market.facts("actions", none)
      Issue.record("it was taken")
    } catch {
      #expect("\(error)".contains("has no symbol ALPAH"), "\(error)")
      #expect("\(error)".contains("Did you mean 'ALPHA'?"), "\(error)")
    }
    // By the tickers of then, they are those of today's symbols.
    let mapped = try market.facts("actions", mixed) {
      $0.options.tickers = try? LeanMapImporter.map(ActionsMarket.file("map.csv"))
    }
    #expect(mapped.unknown.map(\.symbol) == ["ALPAH"] && mapped.added == 1)
  }

  @Test func theMasterIsUpdated() throws {
    let market = try ActionsMarket()
    try market.importPrices()
    let file = try market.text(
      "s.json",
      #"{"ALPHA": {"name": "Alpha", "sector": "Energy", "lot": 1, "tick": 0.01, "currency": "USD"}, "ALPHB": {"name": "x"}}"#
    )
    let outcome = try market.facts("symbols", file)
    #expect(outcome.symbolsChanged == 1 && outcome.leftOut == 1)
    #expect(outcome.unknown.map(\.nearest) == ["ALPHA"])
    let entry = try PriceStore.open(market.store).symbols.entries.first { $0.symbol == "ALPHA" }
    #expect(entry?.name == "Alpha" && entry?.lot == 1 && entry?.tick == 0.01)
    #expect(entry?.currency == "USD" && entry?.sector == "Energy")
    let hash = try market.hash
    #expect(try market.facts("symbols", file).symbolsChanged == 0)
    #expect(try market.hash == hash)
  }

  @Test func quarantinedActionsAreReplacedByThoseOfTheNextReading() throws {
    let market = try ActionsMarket()
    try market.importPrices()
    let before = try PriceStore.open(market.store).quarantineCount
    for _ in 0..<2 {
      let file = try market.text(
        "bad.csv",
        "date,symbol,type,value\n2021-01-19,BETA,dividend,0.1\n2021-01-20,BETA,dividend,x\n")
      try market.facts("actions", file)
      #expect(try PriceStore.open(market.store).quarantineCount == before + 1)
    }
    let rows = try PriceStore.open(market.store).quarantinedRows()
    #expect(rows.last?.panel == "actions" && rows.last?.row.line == 3)
  }

  // MARK: - Runs on views

  private static let spec = """
    { apus: 1, data: { store: "prices.h5", adjust: "total_return" }, parameters: { n: [2, 3, 5] },
      strategy: { long_entry: "close > sma(close, n)", long_exit: "close < sma(close, n)" } }
    """

  @Test func aReplayOfAViewGivesTheSameBits() throws {
    let market = try ActionsMarket()
    try market.importPrices()
    try market.facts("actions", ActionsMarket.file("actions.csv"))
    let plan = try RunPlan(spec: Spec(text: Self.spec), storePath: market.store)
    for workers in [1, 2, 7] {
      var options = RunJob.Options(output: market.folder.path("\(workers).h5"))
      options.workers = workers
      _ = try RunJob(plan: plan, options: options).run(isCancelled: { false })
      let replay = try ReplayJob(path: options.output)
      #expect(replay.result.attributes.adjust == "total_return")
      for lane in 0..<plan.laneCount { #expect(try replay.replay(lane: lane).differing == []) }
    }
    let table = try ResultStore.read(market.folder.path("1.h5"))
    let other = try ResultStore.read(market.folder.path("7.h5"))
    #expect(
      table.metrics.map { $0.values.map(\.bitPattern) }
        == other.metrics.map { $0.values.map(\.bitPattern) })
    // A dividend more is other data.
    let more = try market.text("more.csv", "date,symbol,type,value\n2021-03-01,BETA,dividend,1\n")
    try market.facts("actions", more)
    #expect(throws: ReplayError.self) { try ReplayJob(path: market.folder.path("1.h5")) }
  }

  @Test func aStoreWithADelistingIsNoStoreOfSurvivors() throws {
    let bench = try Workbench(SampleMarket.closes(["AAA": [1, 2, 3], "BBB": [1, 2, 3]]))
    let rest = "strategy: { long_entry: 'close > 1' }"
    #expect(try bench.plan(rest).warnings.map(\.code) == ["survivorship"])
    try PriceStore.revise(bench.store) { facts in
      facts.actions.append(
        NamedAction(
          symbol: "BBB", timeNs: (SampleMarket.firstDay + 1) * Calendar.dayNs, kind: .delist))
      return true
    }
    let plan = try bench.plan(rest)
    #expect(plan.warnings.isEmpty)
    #expect(plan.run.panel.lifetimes == [0...2, 0...1])
  }

  @Test func whatCannotBeAdjustedIsSaid() throws {
    let bench = try Workbench(SampleMarket.closes(["AAA": [1, 2, 3]]))
    try PriceStore.revise(bench.store) { facts in
      facts.actions.append(
        NamedAction(
          symbol: "AAA", timeNs: (SampleMarket.firstDay + 1) * Calendar.dayNs, kind: .dividend,
          value: 5))
      return true
    }
    #expect(bench.complaint() == "no mistake was found")
    let complaint = bench.complaint(data: "adjust: 'total_return'")
    #expect(complaint.contains("AAA has a dividend of 5.0 on 2014-01-02, and closed at 1.0 before"))
    #expect(complaint.hasSuffix("Look at its actions: apus inspect \(bench.store) --actions."))
  }

  @Test func pricesThatCameAdjustedAreSaidToBe() throws {
    var draft = SampleMarket.closes(["AAA": [1, 2, 3]])
    draft.adjusted = .totalReturn
    let bench = try Workbench(draft)
    let rest = "strategy: { long_entry: 'close > 1' }"
    #expect(try bench.plan(rest).warnings.map(\.code) == ["adjusted_before"])
    #expect(try bench.plan(data: "adjust: 'total_return'", rest).warnings.isEmpty)
  }
}
