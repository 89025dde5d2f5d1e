import Foundation
import HDF5
import Jobs
import Kernels
import Market
import Metrics
import Simulation
import Storage
import TestSupport
import Testing

/// Entries of every form, daily and within days.
@Suite struct ChallengeEntryKindsTests {
  private typealias Base = ChallengeJobTests

  private static func weights(
    _ path: String, _ values: [Double], dates: [String]? = nil, days: [Int64]? = nil,
    units: String? = nil, symbols: [String]? = ["AAA", "BBB", "CCC"]
  ) throws {
    let file = try File.create(path)
    let root = try file.root()
    let width = symbols?.count ?? min(3, values.count)
    try root.createDataset("w", of: Double.self, shape: [values.count / width, width]).write(values)
    if let symbols { try root.write("symbol", symbols) }
    if let dates { try root.write("date", dates) }
    if let days {
      let dataset = try root.write("date", days)
      if let units { try dataset.setAttribute("units", units) }
    }
    try file.close()
  }

  @Test("weights in HDF5, dated by text, nanoseconds or days since, are those of a CSV")
  func storedWeights() throws {
    let folder = try ScratchFolder()
    _ = try Base.store(folder)
    let (first, second) = (40, 77)
    let values = [0.5, .nan, 0.25, 0, 0.6, 0.4]
    try folder.write(
      "date,AAA,BBB,CCC\n\(Base.day(first)),0.5,,0.25\n\(Base.day(second)),0,0.6,0.4\n",
      to: "csv.csv")
    try Self.weights(
      folder.path("texts.h5"), values,
      dates: [Base.day(first), Base.day(second) + "T00:00:00+00:00"])
    try Self.weights(
      folder.path("plain.h5"), values, dates: [first, second].map(Base.day), symbols: nil)
    try Self.weights(
      folder.path("ns.h5"), values,
      days: [first, second].map { (Base.firstDay + Int64($0)) * Calendar.dayNs })
    try Self.weights(
      folder.path("xarray.nc"), values, days: [0, 37],
      units: "days since \(Base.day(first)) 00:00:00")
    try Self.weights(
      folder.path("number.h5"), values, days: [0, 37])
    try Self.weights(
      folder.path("symbol.h5"), values, dates: [first, second].map(Base.day),
      symbols: ["AAA", "BBB", "XXX"])
    let names = ["csv.csv", "texts.h5", "plain.h5", "ns.h5", "xarray.nc", "number.h5", "symbol.h5"]
    let board = try Base.score(folder, Base.rules(), names.map { folder.path($0) })
    let goal = try Base.value(board, "csv", "total_return")
    #expect(goal != 0)
    for name in ["texts", "plain", "ns", "xarray"] {
      #expect(try Base.value(board, name, "total_return") == goal, "\(name): \(board.table.reason)")
    }
    let codes = try #require(board.table.labels.first { $0.name == "disqualified" })
    #expect(codes.text(at: try Base.row(board, "number")) == "unreadable")
    #expect(codes.text(at: try Base.row(board, "symbol")) == "unknown_symbol")
    // A table of another width, and a date that stands there twice, are no weights at all.
    try Self.weights(folder.path("wide.h5"), [1, 0], dates: [Base.day(40)], symbols: nil)
    #expect(throws: StorageError.self) {
      _ = try Base.score(folder, Base.rules(), [folder.path("wide.h5")])
    }
  }

  @Test("two rows of weights at one time are refused in a table with a column a symbol")
  func doubledRows() throws {
    let folder = try ScratchFolder()
    _ = try Base.store(folder)
    let time = Base.day(40)
    try folder.write("date,AAA,BBB\n\(time),0.5,\n\(time)T00:00Z,,0.5\n", to: "a.csv")
    try folder.write(
      "date,symbol,weight\n\(time),AAA,0.5\n\(time)T01:00+01:00,BBB,0.5\n", to: "b.csv")
    let board = try Base.score(folder, Base.rules(), ["a.csv", "b.csv"].map { folder.path($0) })
    #expect(board.table.reason[try Base.row(board, "a")].contains("another row has the weights"))
    #expect(board.table.reason[try Base.row(board, "b")] == "")
  }

  @Test("earliest_entry is whose first fill came first, a strategy's too")
  func earliest() throws {
    let folder = try ScratchFolder()
    let panel = try PriceStore.open(try Base.store(folder)).loadPanel("us_equity_1d")
    let close = panel.value(field: try #require(panel.fieldIndex("close")), bar: 41, symbol: 0)
    try folder.write(
      "time,symbol,quantity,price\n\(Base.day(41))T10:00Z,AAA,10,\(close)\n", to: "a-priced.csv")
    // Fills at the open of the same bar, and was first in the file of names.
    try folder.write("time,symbol,quantity\n\(Base.day(40)),AAA,10\n", to: "b-trade.csv")
    try folder.write("time,symbol,quantity\n\(Base.day(40))T12:00Z,BBB,10\n", to: "c-same.csv")
    try folder.write("date,AAA\n\(Base.day(35)),0.5\n", to: "d-weights.csv")
    try folder.write(
      "{ apus: 1, strategy: { weights: \"0.3\", rebalance: { every: 200 } } }", to: "e-spec.json5")
    try folder.write("{ apus: 1, strategy: { weights: \"0\" } }", to: "f-idle.json5")
    let names = ["a-priced.csv", "b-trade.csv", "c-same.csv", "d-weights.csv", "e-spec.json5"]
    let board = try Base.score(
      folder, Base.rules("ties: [\"earliest_entry\"]").replacing("\"sharpe\"", with: "\"trades\""),
      (names + ["f-idle.json5"]).map { folder.path($0) })
    #expect(board.disqualified == 0, "\(board.table.reason)")
    let ranks = try ["e-spec", "d-weights", "b-trade", "c-same", "a-priced", "f-idle"].map {
      try Base.value(board, $0, "rank")
    }
    #expect(ranks == [1, 2, 3, 3, 5, 6])
  }

  // MARK: - Within days

  private static let hourNs: Int64 = 3_600_000_000_000
  /// Seven hours a day from 14:30 UTC, on weekdays.
  private static let hours: [Int64] = (0..<28).flatMap { day -> [Int64] in
    let date = 17_000 + Int64(day)
    if CivilDate.weekday(daysSinceEpoch: date) >= 5 { return [] }
    return (0..<7).map { date * Calendar.dayNs + 14 * hourNs + hourNs / 2 + $0 * hourNs }
  }

  private static func closes(_ symbol: Int) -> [Double] {
    let stream = PhiloxStream(seed: 3, stream: UInt32(symbol))
    var level = 100.0
    return hours.indices.map { bar in
      level *= 1 + 0.01 * stream.normals(step: UInt32(bar))[0]
      return (level * 100).rounded() / 100
    }
  }

  private static func store(_ folder: ScratchFolder) throws -> String {
    let all = (0..<2).map { closes($0) }
    func field(_ name: String, _ value: (Double, Double) -> Double) -> PanelDraft.Field {
      .init(
        name: name,
        values: hours.indices.flatMap { bar in
          all.map { value($0[max(0, bar - 1)], $0[bar]) }
        })
    }
    let path = folder.path("p.h5")
    try PriceStore.write(
      [
        PanelDraft(
          name: "us_equity_1h", timeNs: hours,
          symbols: [.init(symbol: "AAA"), .init(symbol: "BBB")],
          calendar: Calendar(.usEquity), frequencyNs: hourNs,
          fields: [
            field("open") { before, _ in before }, field("high", max), field("low", min),
            field("close") { $1 }, field("volume") { _, _ in 1e6 },
          ])
      ], to: path)
    return path
  }

  private static let rules = """
    { apus: 1, challenge: "hours", data: { store: "p.h5" },
      window: { from: "2016-07-18", to: "2016-08-14" },
      metric: "sharpe", metrics: ["total_return", "volatility"], bootstrap: { samples: 30 } }
    """

  @Test("within days trades fill hour by hour, whatever their offset, and ratios are of days")
  func intraday() throws {
    let folder = try ScratchFolder()
    _ = try Self.store(folder)
    let (buy, sell) = (9, 60)
    // New York is four hours behind in summer.
    func local(_ bar: Int, _ minutes: Int64) -> String {
      let ns = Self.hours[bar] + (minutes - 240) * 60_000_000_000
      return Timestamp.text(nanoseconds: ns, shortAtMidnight: false).dropLast() + "-04:00"
    }
    try folder.write(
      "participant,time,side,symbol,quantity,price\n"
        + "ny,\(local(buy, 10)),buy,AAA,500,\nny,\(local(sell, 10)),sell,AAA,500,\n"
        + "early,\(local(buy, -60 * 8)),buy,AAA,500,\(Self.closes(0)[buy])\n",
      to: "a.csv")
    let board = try Base.score(folder, Self.rules, [folder.path("a.csv")])
    #expect(board.table.lanes.count == 2)
    // At night nothing is traded at a price.
    #expect(board.table.reason[try Base.row(board, "early")].contains("AAA was not traded then"))
    let closes = Self.closes(0)
    // The order of a bar fills at the open of the next, which is that bar's close.
    let equity = Self.hours.indices.map { bar in
      100_000 + (bar <= buy ? 0 : 500 * (closes[min(bar, sell)] - closes[buy]))
    }
    let daily = stride(from: 6, to: equity.count, by: 7).map { equity[$0] }
    let returns = daily.indices.map { daily[$0] / ($0 == 0 ? 100_000 : daily[$0 - 1]) - 1 }
    let mean = returns.reduce(0, +) / Double(returns.count)
    let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(returns.count - 1)).squareRoot()
    #expect(
      abs(try Base.value(board, "ny", "total_return") - (equity[equity.count - 1] / 1e5 - 1))
        < 1e-12)
    let sharpe = mean / deviation * 252.0.squareRoot()
    #expect(abs(try Base.value(board, "ny", "sharpe") - sharpe) < 1e-9 * abs(sharpe))
  }

  @Test("a strategy within days scores what the engine says of it")
  func intradayStrategy() throws {
    let folder = try ScratchFolder()
    let store = try Self.store(folder)
    let strategy =
      "strategy: { weights: \"if(top(1, close / lag(close, 5)), 0.8, 0.1)\", rebalance: { every: 11 } }"
    try folder.write("{ apus: 1, \(strategy) }", to: "top.json5")
    let board = try Base.score(folder, Self.rules, [folder.path("top.json5")])
    let spec = try Spec(
      text: """
        { apus: 1, data: { store: "p.h5", from: "2016-07-18", to: "2016-08-14" }, \(strategy),
          metrics: ["sharpe", "total_return", "volatility"] }
        """)
    let plan = try RunPlan(spec: spec, storePath: store)
    let summary = try plan.simulator(variant: .best, workers: 1).replay(lane: 0).summary
    for metric in plan.metrics {
      let goal = metric.value(of: summary).number
      #expect(
        abs(try Base.value(board, "top", metric.name) - goal) <= 1e-9 * abs(goal), "\(metric.name)")
    }
  }

  @Test("a spec of a million sets is refused before they are made")
  func crowdedStrategy() throws {
    let folder = try ScratchFolder()
    _ = try Base.store(folder)
    try folder.write(
      """
      { apus: 1, parameters: { a: { from: 1, to: 1000 }, b: { from: 1, to: 1000 } }, where: "a == 3 and b == 4",
        strategy: { weights: "a / b / 3" } }
      """, to: "many.json5")
    let board = try Base.score(folder, Base.rules(), [folder.path("many.json5")])
    #expect(board.table.reason[0].contains("sets of parameters"))
  }
}
