import Jobs
import Market
import Simulation
import Storage
import TestSupport
import Testing

/// Which engine a spec's lanes go through, what numbers its lanes have, and that variants stand beside each other.
@Suite struct RouteTests {
  private static let rising =
    "long_entry: 'close > lag(close, 1)', long_exit: 'close < lag(close, 1)'"

  @Test(
    "what the vector kernel does not know goes through the rule book",
    arguments: [
      ("", "", "", "vector"),
      ("", "leverage: 2", "", "rule_book (account.leverage)"),
      ("", "borrow: 0.1", "", "rule_book (account.borrow, cash_rate, margin_rate)"),
      ("", "flows: [{ every: 'week', amount: 5 }]", "", "rule_book (account.flows)"),
      ("", "", "lot: 1", "rule_book (execution.lot)"),
      (
        "", "", "slippage: { bps: 5 }, commission: { bps: 1, fixed: 1, minimum: 2, per_share: 1 }",
        "vector"
      ),
      ("", "", "slippage: { half_spread: 0.01 }", "rule_book (execution.slippage)"),
      ("", "", "limit_touch: true", "vector"),
      (", take_profit: 0.1", "", "limit_touch: true", "rule_book (execution.limit_touch)"),
      (", max_bars: 3", "", "", "rule_book (strategy: orders or sizes of its own)"),
      (
        ", entry_limit: 'close', time_in_force: 'day'", "", "tick: 0.01",
        "rule_book (strategy: orders or sizes of its own, strategy.time_in_force, execution.tick)"
      ),
      ("", "", "bounds: true", "vector"),
    ]) func routes(strategy: String, account: String, execution: String, route: String) throws
  {
    let bench = try Workbench(
      SampleMarket.closes(["A": [1, 2, 3, 2, 3, 4], "B": [2, 3, 2, 1, 2, 3]]))
    let plan = try bench.plan(
      "strategy: { \(Self.rising)\(strategy) }, account: { \(account) }, execution: { \(execution) }"
    )
    #expect(plan.route == route)
  }

  @Test func aPortfolioIsOneLaneOverAllSymbols() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 120))
    let plan = try bench.plan(
      "parameters: { n: [5, 20] }, strategy: { weights: 'if(pct_change(close, n) > 0, 0.3, 0)', rebalance: { every: 'week' } }"
    )
    #expect(plan.laneCount == 2 && plan.route == "portfolio (strategy.weights)")
    let table = try bench.run(plan).table
    #expect((0..<2).map { table.symbol(at: $0) } == ["portfolio", "portfolio"])
    #expect(table.attributes.route == "portfolio (strategy.weights)")
    let replay = try ReplayJob(path: bench.folder.path("run.h5"), store: bench.store)
    for lane in 0..<2 { #expect(try replay.replay(lane: lane).differing == []) }
  }

  @Test("a file has a portfolio a row, in both of its forms")
  func portfolioFiles() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 120))
    try bench.folder.write(
      "portfolio,AAA,BBB,CCC\nhalf,0.5,0.5,\nthird,0.3,0.3,0.3\n", to: "wide.csv")
    try bench.folder.write(
      "portfolio,symbol,weight\nhalf,AAA,0.5\nhalf,BBB,0.5\nthird,BBB,0.3\nthird,AAA,0.3\nthird,CCC,0.3\n",
      to: "long.csv")
    func table(_ file: String) throws -> ResultTable {
      let plan = try bench.plan(
        "strategy: { weights: { file: '\(bench.folder.path(file))' }, rebalance: { every: 'month' } }"
      )
      return try bench.run(plan, to: "\(file).h5").table
    }
    let (wide, long) = (try table("wide.csv"), try table("long.csv"))
    #expect((0..<2).map { wide.symbol(at: $0) } == ["half", "third"])
    #expect(wide.metrics == long.metrics && wide.symbolIndex == long.symbolIndex)
    #expect(wide.metrics[0].values.allSatisfy { !$0.isNaN })
  }

  @Test("a result tells whose matrices it went through, and guards the file of portfolios")
  func matrices() throws {
    let bench = try Workbench(
      SampleMarket.closes(["A": [1, 2, 3, 4], "B": [4, 3, 2, 1], "C": [1, 2, 1, 2]]))
    try bench.folder.write("portfolio,A,B\nhalf,0.5,0.5\n", to: "w.csv")
    let text = "strategy: { weights: { file: '\(bench.folder.path("w.csv"))' } }"
    let plan = try bench.plan(text)
    let core = try bench.run(plan).table.attributes.blasCore
    #expect(core == plan.simulator(variant: .best, workers: 1).blasCore && core != "not used")
    #expect(plan.inputs == [bench.folder.path("w.csv")])
    let wallets = try bench.plan("\(text), account: { wallets: [{ name: 'a' }, { name: 'b' }] }")
    #expect(try bench.run(wallets, to: "w.h5").table.attributes.blasCore == core)
    let others = try bench.plan("\(text), execution: { lot: 1 }")
    #expect(try bench.run(others, to: "o.h5").table.attributes.blasCore == "not used")
  }

  @Test(
    "mistakes in files of portfolios",
    arguments: [
      ("portfolio,AAA,ZZZ\na,1,1\n", "no symbol 'ZZZ'"),
      ("portfolio,AAA\na,x\n", "'x' is not a weight"),
      ("portfolio,AAA\na,1,2\n", "3 fields, where the header has 2"),
      ("portfolio,AAA\na,1\na,1\n", "a stands there already"),
      ("symbol,wight\nAAA,1\n", "no column for 'weight'"),
      ("symbol,weight\nAAA,1\nAAA,2\n", "AAA has a weight in portfolio already"),
      ("portfolio,AAA,AAA\na,1,1\n", "line 1, AAA: it stands there already"),
      ("portfolio,AAA,\na,1,1\n", "line 1, column 3: it has no name"),
      ("portfolio,AAA\n", "has a header but no weight"), ("", "empty"),
    ]) func portfolioFileMistakes(text: String, message: String) throws
  {
    let bench = try Workbench(SampleMarket.draft("p", bars: 20))
    try bench.folder.write(text, to: "w.csv")
    let complaint = bench.complaint(
      "strategy: { weights: { file: '\(bench.folder.path("w.csv"))' } }")
    #expect(complaint.contains(message), "\(complaint)")
  }

  // MARK: - Variants

  @Test("bounds stand beside each other, and each is the run of its rule")
  func bounds() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 150))
    let text =
      "parameters: { n: [3, 8] }, strategy: { long_entry: 'close > lag(close, n)', stop_loss: 0.01, take_profit: 0.01 }"
    let both = try bench.run(bench.plan("\(text), execution: { bounds: true }"), to: "b.h5").table
    let label = try #require(both.labels.first)
    #expect(label.name == "bound" && both.lanes.count == 12)
    #expect((0..<4).map { label.text(at: $0) } == ["worst", "best", "worst", "best"])
    for (offset, rule) in ["worst", "best"].enumerated() {
      let one = try bench.run(
        bench.plan("\(text), execution: { intrabar: '\(rule)' }"), to: "\(rule).h5"
      ).table
      for (column, other) in zip(both.metrics, one.metrics) {
        let part = stride(from: offset, to: 12, by: 2).map { column.values[$0].bitPattern }
        #expect(part == other.values.map(\.bitPattern), "\(column.name)")
      }
    }
    let replay = try ReplayJob(path: bench.folder.path("b.h5"), store: bench.store)
    for lane in 0..<12 { #expect(try replay.replay(lane: lane).differing == []) }
    let outcome = try replay.replay(lane: 3)
    #expect(outcome.labels.map(\.value) == ["best"])
  }

  @Test("wallets and bounds together: any number of workers and tiles, resumed or not")
  func variantsAreDeterministic() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 100))
    let plan = try bench.plan(
      """
      parameters: { n: [3, 5, 8, 13], stop: [0.01, 0.02] },
      strategy: { long_entry: "close > lag(close, n)", stop_loss: "stop", take_profit: 0.02 },
      account: { wallets: [{ name: "small", cash: 100 }, { name: "large", cash: 1e6 }] },
      execution: { bounds: true, commission: { minimum: 1 } }
      """)
    #expect(plan.laneCount == 3 * 8 * 4)
    let first = content(try bench.run(plan, to: "1.h5").table)
    for (workers, tile) in [(2, nil), (7, 3), (1, 1)] as [(Int, Int?)] {
      let other = try bench.run(plan, to: "o.h5") { options in
        options.force = true
        options.workers = workers
        options.tileLanes = tile
      }
      #expect(difference(first, content(other.table)) == nil)
    }
    let table = try ResultStore.read(bench.folder.path("1.h5"))
    #expect(table.labels.map(\.name).sorted() == ["bound", "wallet"])
    let wallet = try #require(table.labels.first { $0.name == "wallet" })
    #expect((0..<4).map { wallet.text(at: $0) } == ["small", "small", "large", "large"])
  }

  // MARK: - Costs

  @Test("every summary tells the ladder of costs, asked for or not")
  func costs() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 120))
    let text =
      "strategy: { \(Self.rising) }, execution: { commission: { bps: 10 }, slippage: { bps: 5 } }"
    let asked = try bench.run(bench.plan(text), to: "a.h5").summary.leaderboard.rows
    let silent = try bench.run(
      bench.plan(text + ", metrics: ['sharpe', 'total_return']"), to: "b.h5")
    #expect(silent.table.metrics.map(\.name) == ["sharpe", "total_return"])
    for (a, b) in zip(asked, silent.summary.leaderboard.rows) {
      let ladder = try #require(a.costs)
      #expect(ladder.count == 6 && b.costs == ladder)
      let gross = try #require(ladder["gross_return"] ?? nil)
      let after = try #require(ladder["return_after_commission"] ?? nil)
      let total = try #require(a.metrics["total_return"] ?? nil)
      #expect(gross > after && abs(after - total) < 1e-12)
    }
  }

  @Test("traces tell symbols and order types")
  func traces() throws {
    let bench = try Workbench(SampleMarket.draft("p", bars: 120))
    let plan = try bench.plan("strategy: { weights: '0.3', rebalance: { every: 'month' } }")
    let run = try bench.run(plan) { $0.keepsTraces = true }
    #expect(run.table.lanes == [0])
    let trace = try ResultStore.readTrace(bench.folder.path("run.h5"), lane: 0)
    func texts(_ columns: [LaneTrace.Column], _ name: String) -> Set<String> {
      if case .texts(let texts)? = columns.first(where: { $0.name == name })?.values {
        return Set(texts)
      }
      return []
    }
    for columns in [trace.orders, trace.fills, trace.trades] {
      #expect(texts(columns, "symbol") == ["AAA", "BBB", "CCC"])
    }
    #expect(texts(trace.orders, "type") == ["market"])
    let names = [
      "filled_units", "id", "kind", "limit", "reason", "settled_time", "status", "stop", "symbol",
      "time", "type", "units",
    ]
    #expect(trace.orders.map(\.name).sorted() == names)
  }

  @Test("idle lanes say why")
  func idle() throws {
    let bench = try Workbench(SampleMarket.closes(["A": [1, 2, 3, 2, 3, 4]]))
    func message(_ strategy: String) throws -> String {
      let plan = try bench.plan("strategy: { \(strategy) }")
      let warnings = try bench.run(plan, to: "r.h5") { $0.force = true }.summary.warnings
      return warnings.first { $0.code == "no_trades" }?.message ?? ""
    }
    #expect(
      try message("long_entry: 'close > 100'").hasSuffix(
        "had no signal to enter before the last bar"))
    #expect(try message("long_entry: 'close > 0'").hasSuffix("still hold their first position"))
    #expect(
      try message("long_entry: 'close > sma(close, 50)'").hasSuffix(
        "were warming up until the last bar"))
    #expect(
      try message("long_entry: 'close > 0', short_entry: 'close > 0'").hasSuffix(
        "had long and short entries only at the same bars"))
  }
}
