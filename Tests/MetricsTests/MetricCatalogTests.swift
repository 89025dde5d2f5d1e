import Metrics
import Testing

@Suite struct MetricCatalogTests {
  @Test(arguments: MetricCatalog.names)
  func entryIsDescribed(name: String) throws {
    let metric = try #require(MetricCatalog.metric(named: name))
    #expect(metric.name == name)
    #expect(name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) != nil, "not snake_case")
    #expect(!metric.source.isEmpty)
    #expect(metric.definition.count > 10)
    #expect(!metric.definition.contains("\n"), "a definition is one line")
  }

  @Test func namesAreUnique() {
    #expect(Set(MetricCatalog.names).count == MetricCatalog.all.count)
    #expect(MetricCatalog.names == MetricCatalog.all.map(\.name))
  }

  @Test func familiesHoldAllMetrics() {
    #expect(MetricCatalog.families.flatMap { $0.metrics.map(\.name) } == MetricCatalog.names)
    #expect(MetricCatalog.families.allSatisfy { !$0.title.isEmpty && !$0.metrics.isEmpty })
  }

  @Test(arguments: ["", "shrpe", "Sharpe", "sharpe "])
  func unknownNameIsNil(name: String) {
    #expect(MetricCatalog.metric(named: name) == nil)
  }

  @Test func defaultsExistAndCostNothing() throws {
    #expect(Set(MetricCatalog.defaultNames).count == MetricCatalog.defaultNames.count)
    for name in MetricCatalog.defaultNames {
      let metric = try #require(MetricCatalog.metric(named: name))
      // The sums over trades cost something at fills only.
      #expect(metric.needs.isSubset(of: .tradeSums), "\(name) would slow every sweep down")
    }
  }

  /// A metric must not read what it doesn't ask the engine to record.
  @Test(arguments: MetricCatalog.names)
  func readsOnlyWhatItNeeds(name: String) throws {
    let metric = try #require(MetricCatalog.metric(named: name))
    let returns = (0..<120).map { Double($0 * 37 % 120 - 60) / 1000 }
    let days = returns.indices.map { Int32($0) }
    let months = days.map { $0 / 30 }
    var full = LaneSummary(
      returns: returns, barsPerYear: 252, initialEquity: 1000,
      context: LaneContext(days: days, months: months, benchmark: returns.reversed()))
    full.trades = 1
    full.wins = 1
    full.grossProfit = 5
    full.history = LaneHistory(
      trades: [LaneHistory.Trade(entryBar: 0, exitBar: 2, profit: 5)],
      holdings: [LaneHistory.Holding()])
    var bare = full
    if metric.needs.isDisjoint(with: [.periods, .benchmark]) { bare.context = nil }
    if !metric.needs.contains(.history) { bare.history = nil }
    if !metric.needs.contains(.returns) { bare.returns = nil }
    if !metric.needs.contains(.extendedSums) {
      bare.sumSquaredDownside = 0
      bare.sumSquaredDrawdowns = 0
      bare.longestDrawdownBars = 0
    }
    #expect(metric.value(of: bare) == metric.value(of: full))
    if metric.needs.contains(.returns) {
      bare.returns = nil
      #expect(metric.value(of: bare) == .undefined(.notRecorded))
    }
    if metric.needs.contains(.history) {
      bare.history = nil
      #expect(metric.value(of: bare) == .undefined(.notRecorded))
    }
    if metric.needs.contains(.benchmark) {
      bare.returns = full.returns
      bare.context = LaneContext(days: days, months: months)
      #expect(metric.value(of: bare) == .undefined(.noBenchmark))
    }
  }
}
