import Foundation
import Jobs
import Market
import Metrics
import Simulation
import Storage
import Testing

/// What specs say of metrics: a benchmark, a convention, days or bars, tables.
@Suite struct StatisticsTests {
  private static let relative = [
    "beta", "alpha", "correlation", "information_ratio", "up_capture", "batting_average",
    "benchmark_return",
  ]
  private static let metrics = "metrics: [\(relative.map { "'\($0)'" }.joined(separator: ", "))]"

  /// The same strategy by all three engines: by vectors, by the rule book for its lots, and as a portfolio.
  private static let routes = [
    "strategy: { long_entry: 'close > 0', size: { fraction_of_equity: 0.5 } }",
    "strategy: { long_entry: 'close > 0', size: { fraction_of_equity: 0.5 } }, execution: { lot: 0.0001 }",
    "strategy: { weights: 'if(bars_since(close > 0) >= 0, 0.5, 0)', rebalance: { every: 'year' } }",
  ]

  /// Numbers worked out from the equity of the lane's record and the closes of the benchmark.
  @Test("every engine is measured against the benchmark", arguments: routes)
  func benchmark(route: String) throws {
    let bench = try Workbench(SampleMarket.draft(seed: 5).unending)
    let plan = try bench.plan(
      data: "symbols: ['AAA'], benchmark: 'BBB', from: '2014-02-01'", "\(route), \(Self.metrics)")
    let table = try bench.run(plan).table
    let record = try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: 0).record
    #expect(table.attributes.benchmark == "BBB" && table.attributes.convention == "apus")

    let panel = plan.run.panel
    let (close, column) = (try #require(panel.fieldIndex("close")), 1)
    var last = Double.nan
    var benchmark: [Double] = []
    for bar in 0..<plan.run.window.upperBound {
      let price = panel.value(field: close, bar: bar, symbol: column)
      if bar >= plan.run.window.lowerBound {
        benchmark.append(last.isNaN ? .nan : price.isNaN ? 0 : price / last - 1)
      }
      if !price.isNaN { last = price }
    }
    var before = plan.run.cash
    let returns = record.equity.map { equity in
      defer { before = equity }
      return equity / before - 1
    }
    let days = returns.indices.map { Int32($0) }
    let lane = LaneSummary(
      returns: returns, barsPerYear: 252,
      context: LaneContext(days: days, months: days, benchmark: benchmark))
    for column in table.metrics where Self.relative.contains(column.name) {
      let expected = try #require(MetricCatalog.metric(named: column.name)).value(of: lane).number
      #expect(!expected.isNaN && abs(column.values[0] - expected) < 1e-9, "\(column.name)")
    }
  }

  @Test func withoutABenchmarkRelativeMetricsHaveAReason() throws {
    let bench = try Workbench(SampleMarket.draft(seed: 5))
    let table = try bench.run(bench.plan("\(Self.routes[0]), \(Self.metrics)")).table
    #expect(table.metrics.filter { $0.name == "beta" }.allSatisfy { $0.values.allSatisfy(\.isNaN) })
    #expect(table.reason.allSatisfy { $0.contains("beta: no_benchmark") })
  }

  @Test func anUnknownBenchmarkIsRefused() throws {
    let bench = try Workbench(SampleMarket.draft())
    let message = bench.complaint(data: "benchmark: 'AAAA'")
    #expect(message.contains("data.benchmark") && message.contains("Did you mean 'AAA'?"))
    #expect(bench.complaint(data: "benchmark: 3").contains("a symbol of the panel"))
  }

  @Test("any number of workers gives the same bits", arguments: routes)
  func workers(route: String) throws {
    let bench = try Workbench(SampleMarket.draft(seed: 9))
    let metrics = MetricCatalog.names.map { "'\($0)'" }.joined(separator: ", ")
    let plan = try bench.plan(
      data: "benchmark: 'CCC'", "\(route), parameters: { n: [1, 2, 3] }, metrics: [\(metrics)]")
    let tables = try [1, 2, 7].map { workers in
      try bench.run(plan, to: "\(workers).h5") { $0.workers = workers }.table
    }
    for table in tables.dropFirst() {
      for (column, other) in zip(table.metrics, tables[0].metrics) {
        #expect(column.values.map(\.bitPattern) == other.values.map(\.bitPattern), "\(column.name)")
      }
    }
    let replay = try ReplayJob(path: bench.folder.path("7.h5")).replay(lane: 0)
    #expect(replay.differing.isEmpty)
  }

  @Test(arguments: Convention.all.map(\.name))
  func aConventionIsRecordedAndReplayed(name: String) throws {
    let bench = try Workbench(SampleMarket.draft(seed: 3))
    let table = try bench.run(
      bench.plan(
        "\(Self.routes[0]), convention: '\(name)', metrics: ['sharpe', 'volatility', 'trades']")
    ).table
    let convention = try #require(Convention.named(name))
    #expect(table.attributes.convention == name)
    for column in table.metrics {
      func text(_ key: String) -> String? { column.attributes.first { $0.name == key }?.value }
      #expect(text("definition") == convention.metric(named: column.name)?.definition)
      #expect(text("convention") == (convention.defines(column.name) ? name : nil))
    }
    #expect(
      try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: 0).differing.isEmpty)
    let complaint = bench.complaint("\(Self.routes[0]), convention: 'quantstat'")
    #expect(complaint.contains("Did you mean 'quantstats'?"))
  }

  // MARK: - Days of shorter bars

  /// Two bars a day, at 10:00 and 14:00 in New York.
  private static func intraday(_ closes: [Double]) -> PanelDraft {
    var draft = SampleMarket.closes(["A": closes], name: "us_equity_4h")
    let day = SampleMarket.firstDay
    draft.timeNs = closes.indices.map { bar in
      (day + Int64(bar / 2)) * Calendar.dayNs + (bar % 2 == 0 ? 15 : 19) * 3_600_000_000_000
    }
    draft.frequencyNs = 4 * 3_600_000_000_000
    return draft
  }

  @Test("statistics of shorter bars are of days, unless they shall be of bars", arguments: routes)
  func days(route: String) throws {
    let bench = try Workbench(Self.intraday([100, 101, 99, 102, 100, 105, 104, 108, 103, 106]))
    let list =
      "metrics: ['volatility', 'sharpe', 'total_return', 'max_drawdown', 'best_bar', 'exposure']"
    let plan = try bench.plan("\(route), \(list)")
    let daily = try bench.run(plan).table
    let record = try ReplayJob(path: bench.folder.path("run.h5")).replay(lane: 0).record
    #expect(daily.attributes.statistics == "days")
    let equity = [plan.run.cash] + record.equity
    let days = stride(from: 0, to: 10, by: 2).map { equity[$0 + 2] / equity[$0] - 1 }
    let bars = (0..<10).map { equity[$0 + 1] / equity[$0] - 1 }
    func expected(_ name: String, _ returns: [Double], _ year: Double) throws -> Double {
      try #require(MetricCatalog.metric(named: name))
        .value(of: LaneSummary(returns: returns, barsPerYear: year)).number
    }
    func found(_ name: String, _ table: ResultTable) throws -> Double {
      try #require(table.metrics.first { $0.name == name }).values[0]
    }
    for name in ["volatility", "sharpe", "best_bar", "total_return"] {
      #expect(abs(try found(name, daily) - expected(name, days, 252)) < 1e-9, "\(name)")
    }
    // The path is one of bars.
    #expect(abs(try found("max_drawdown", daily) - expected("max_drawdown", bars, 1)) < 1e-9)

    let perBar = try bench.run(bench.plan("\(route), per_bar: true, \(list)"), to: "b.h5").table
    #expect(perBar.attributes.statistics == "bars")
    let year = plan.run.barsPerYear
    for name in ["volatility", "sharpe", "best_bar", "max_drawdown"] {
      #expect(abs(try found(name, perBar) - expected(name, bars, year)) < 1e-9, "\(name)")
    }
    #expect(try found("exposure", perBar) == found("exposure", daily))
  }

  // MARK: - Tables

  @Test func aBacktestHasTables() throws {
    let bench = try Workbench(SampleMarket.draft(seed: 5))
    let spec = "\(Self.routes[0]), tables: { drawdowns: 2, rolling: 20 }"
    let plan = try bench.plan(data: "symbols: ['AAA'], benchmark: 'BBB'", spec)
    let outcome = try bench.run(plan) { $0.keepsTraces = true }
    let groups = outcome.best.groups
    #expect(groups.map(\.name) == ["drawdowns", "monthly", "rolling"])
    let trace = try ResultStore.readTrace(bench.folder.path("run.h5"), lane: 0)
    guard case .doubles(let depths) = groups[0].variables[0].values else {
      Issue.record("a depth is a number")
      return
    }
    let highest = trace.equity.reduce(into: [plan.run.cash]) { $0.append(max($0.last ?? 0, $1)) }
    let deepest = zip(trace.equity, highest.dropFirst()).map { $0 / $1 - 1 }.min() ?? 0
    #expect(depths.count == 2 && abs(depths[0] - deepest) < 1e-12)
    guard case .doubles(let years) = groups[1].variables[1].values else {
      Issue.record("a return is a number")
      return
    }
    let growth = years.reduce(1) { $0 * (1 + $1) }
    #expect(abs(growth - (trace.equity.last ?? 0) / plan.run.cash) < 1e-9)
    #expect(groups[2].variables.map(\.name).contains("beta"))
    #expect(groups[2].variables.allSatisfy { $0.values.count == trace.equity.count })
    // A sweep has none, and neither has a backtest that wants none.
    #expect(try bench.run(plan, to: "sweep.h5").best.groups.isEmpty)
    let none = try bench.plan("\(Self.routes[0]), tables: { drawdowns: 0, monthly: false }")
    #expect(try bench.run(none, to: "none.h5") { $0.keepsTraces = true }.best.groups.isEmpty)
    #expect(
      bench.complaint("\(Self.routes[0]), tables: { drawdown: 3 }").contains("drawdowns"))
    #expect(bench.complaint("\(Self.routes[0]), tables: { rolling: 1 }").contains("from 2"))
  }

  // MARK: - Excursions

  @Test func excursionsAreThoseOfTheBarsInside() throws {
    // Bought at 10, the open of the second bar; highs and lows are opens and closes; sold at 11, an open.
    let bench = try Workbench(SampleMarket.closes(["A": [10, 12, 9, 13, 11, 20, 20]]))
    let plan = try bench.plan(
      """
      strategy: { long_entry: "close < 10.5", long_exit: "close < 11.5 and close > 10.5" },
      metrics: ["average_mae", "largest_mfe", "end_trade_drawdown", "average_trade_bars", "sqn"]
      """)
    let table = try bench.run(plan).table
    let expected = [
      "average_mae": -0.1, "largest_mfe": 0.3, "end_trade_drawdown": 0.2, "average_trade_bars": 4,
    ]
    for column in table.metrics where column.name != "sqn" {
      let value = try #require(expected[column.name])
      #expect(abs(column.values[0] - value) < 1e-12, "\(column.name)")
    }
    #expect(table.reason[0].contains("sqn: no_trades"))
  }
}
