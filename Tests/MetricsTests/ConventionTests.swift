import Foundation
import Metrics
import Testing

/// What `Golden/make_conventions_golden.py` wrote: numbers by series, rates, library and metric.
private struct Libraries {
  private let values: [String: Any]

  init() throws {
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: GoldenSeries.folder.appending(path: "conventions_golden.json")))
    values = try #require(json as? [String: Any])
  }

  /// The numbers that differ from our definitions, and those that don't.
  func numbers(_ series: String, _ rates: String, _ library: String) throws -> (
    own: [String: Double], same: [String: Double]
  ) {
    let all = try #require(
      ((values[series] as? [String: Any])?[rates] as? [String: Any])?[library] as? [String: Any])
    return (
      all.compactMapValues { $0 as? Double },
      try #require(all["same"] as? [String: Any]).compactMapValues { $0 as? Double }
    )
  }
}

/// A series of the golden files as a lane, with another real series as its benchmark, whatever its dates.
struct GoldenSeries {
  static let names = ["spx_daily_2004_2013", "aapl_daily_2013_2018", "btc_daily_2017_2020"]
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Golden")

  let returns: [Double]
  let context: LaneContext
  let barsPerYear: Double

  init(_ name: String) throws {
    func read(_ name: String) throws -> (dates: [String], returns: [Double]) {
      let text = try String(
        contentsOf: Self.folder.appending(path: "\(name).csv"), encoding: .utf8)
      let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
      let closes = try rows.map { try #require(Double($0[1])) }
      return (
        rows.dropFirst().map { String($0[0]) },
        zip(closes.dropFirst(), closes).map { $0 / $1 - 1 }
      )
    }
    let all = try Self.names.map { try read($0).returns }
    let own = try read(name)
    let benchmarks = [all[1] + all[2], all[0], all[0]]
    let benchmark = benchmarks[try #require(Self.names.firstIndex(of: name))]
    let count = min(own.returns.count, benchmark.count)
    returns = Array(own.returns.prefix(count))
    let dates = own.dates.prefix(count)
    context = LaneContext(
      days: dates.map { Self.day($0) },
      months: dates.map { Int32($0.prefix(4))! * 12 + Int32($0.dropFirst(5).prefix(2))! - 1 },
      benchmark: Array(benchmark.prefix(count)))
    barsPerYear = name.hasPrefix("btc") ? 365 : 252
  }

  /// Days since 1970-01-01 by Foundation, of a date such as 2013-02-08.
  private static func day(_ date: String) -> Int32 {
    var calendar = Foundation.Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    let parts = date.split(separator: "-").map { Int($0)! }
    let instant = calendar.date(
      from: DateComponents(year: parts[0], month: parts[1], day: parts[2]))!
    return Int32(instant.timeIntervalSince1970 / 86400)
  }

  /// The lane, with annual rates.
  func lane(riskFree: Double = 0, minimumAcceptable: Double = 0) -> LaneSummary {
    LaneSummary(
      returns: returns, barsPerYear: barsPerYear,
      riskFreePerBar: LaneSummary.ratePerBar(annual: riskFree, barsPerYear: barsPerYear),
      minimumAcceptablePerBar: LaneSummary.ratePerBar(
        annual: minimumAcceptable, barsPerYear: barsPerYear),
      initialEquity: 1000, context: context)
  }
}

@Suite struct ConventionTests {
  private static let rates = [("plain", 0.0, 0.0), ("rates", 0.03, 0.05)]

  @Test(arguments: GoldenSeries.names, ["quantstats", "empyrical", "vectorbt", "backtesting.py"])
  func givesTheLibrarysOwnNumbers(series: String, library: String) throws {
    let convention = try #require(Convention.named(library))
    let golden = try GoldenSeries(series)
    for (rates, riskFree, minimumAcceptable) in Self.rates {
      var lane = golden.lane(riskFree: riskFree, minimumAcceptable: minimumAcceptable)
      trade(&lane)
      let theirs = try Libraries().numbers(series, rates, library)
      for (name, number) in theirs.own.merging(theirs.same, uniquingKeysWith: { a, _ in a }) {
        let ours = try #require(convention.metric(named: name)).value(of: lane).number
        #expect(
          abs(ours - number) <= 1e-9 * max(1, abs(number)),
          "\(library) \(name), \(rates): \(ours) for \(number)")
      }
      let held = Set(theirs.own.keys)
      // vectorbt's figures of trades are its ledger's; the peer tests hold those.
      let unheld = Set(convention.metrics.map(\.name)).subtracting(held)
      #expect(unheld == (library == "vectorbt" ? ["expectancy"] : []))
      #expect(theirs.same.keys.allSatisfy { !convention.defines($0) })
    }
  }

  /// Ten bars in every twenty, as the script has them.
  private func trade(_ lane: inout LaneSummary) {
    let returns = lane.returns ?? []
    var growth = 1.0
    let close = returns.map {
      growth *= 1 + $0
      return growth
    }
    let trades = stride(from: 10, to: returns.count - 10, by: 20).map { bar in
      let gain = close[bar + 10] / close[bar] - 1
      return LaneHistory.Trade(
        entryBar: bar, exitBar: bar + 10, profit: 1000 * gain, priceReturn: gain)
    }
    lane.history = LaneHistory(trades: trades)
    lane.trades = trades.count
    lane.wins = trades.count { $0.profit > 0 }
    lane.losses = trades.count { $0.profit < 0 }
    lane.grossProfit = trades.reduce(0) { $0 + max($1.profit, 0) }
    lane.grossLoss = trades.reduce(0) { $0 - min($1.profit, 0) }
  }

  @Test func vectorbtCountsTradesAtZeroAsLosses() throws {
    var lane = LaneSummary(
      returns: [0.01], barsPerYear: 252, context: LaneContext(days: [0], months: [0]))
    lane.trades = 4
    lane.wins = 2
    lane.losses = 1
    lane.grossProfit = 300
    lane.grossLoss = 100
    let metric = try #require(Convention.vectorbt.metric(named: "expectancy"))
    #expect(metric.value(of: lane) == .defined(0.5 * 150 - 0.5 * 100))
  }

  @Test func whatALibraryHasNotIsOurs() throws {
    for convention in Convention.all {
      #expect(Convention.named(convention.name)?.name == convention.name)
      #expect(Set(convention.metrics.map(\.name)).count == convention.metrics.count)
      for name in MetricCatalog.names {
        let metric = try #require(convention.metric(named: name))
        #expect(metric.name == name)
        if !convention.defines(name) {
          #expect(metric.definition == MetricCatalog.metric(named: name)?.definition)
        }
      }
      #expect(convention.metric(named: "shrpe") == nil)
    }
    #expect(Convention.named("Quantstats") == nil)
  }

  @Test(arguments: Convention.all.map(\.name))
  func nothingIsEverInfinite(name: String) throws {
    let convention = try #require(Convention.named(name))
    for returns in [[], [0.01], [0.0, 0, 0, 0], [-1, 0.5], [0.01, 0.02, 0.03]] {
      let days = returns.indices.map { Int32($0) }
      let lane = LaneSummary(
        returns: returns, barsPerYear: 252,
        context: LaneContext(
          days: days, months: days.map { _ in 600 }, benchmark: returns.map { $0 / 2 }))
      for metric in convention.metrics {
        if case .defined(let value) = metric.value(of: lane) { #expect(value.isFinite) }
      }
    }
  }
}
