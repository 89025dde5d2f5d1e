import Kernels
import Market
import Testing

@testable import Risk

@Suite struct ReturnTableTests {
  private let nan = Double.nan
  private let day = Calendar.dayNs

  private func panel(_ closes: [[Double]], times: [Int64]? = nil) -> PricePanel {
    let (bars, symbols) = (closes.count, closes.first?.count ?? 0)
    return PricePanel(
      name: "test", time: TimeAxis(ns: times ?? (0..<bars).map { Int64($0) * day }),
      symbols: SymbolTable((0..<symbols).map { SymbolTable.Entry(symbol: "S\($0)") }),
      calendar: .usEquity, frequencyNs: day, fields: ["open", "close"],
      lifetimes: Array(repeating: nil, count: symbols), contentHash: "",
      storage: HeapPanelStorage(fields: [
        closes.flatMap { $0.map { _ in 1 } }, closes.flatMap { $0 },
      ]))
  }

  private func same(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { $0.isNaN ? $1.isNaN : abs($0 - $1) < 1e-15 }
  }

  @Test func closesWithGaps() {
    let panel = panel([[100, nan], [nan, 50], [110, 0], [121, 60], [nan, -1], [242, 30]])
    let all = ReturnTable(panel: panel, symbols: [0, 1], window: 0..<6, barsPerYear: 252)
    #expect(all.symbols == ["S0", "S1"])
    #expect(all.timeNs == (1..<6).map { Int64($0) * day })
    // From the last known close on; a close that is not above 0 is none.
    #expect(
      same(all.values.values, [nan, nan, 0.1, nan, 0.1, 0.2, nan, nan, 1, -0.5]))
    #expect(!all.isComplete && all.counts == [3, 2] && all.completeRows == [2, 4])
    // A window in the middle knows the closes before it.
    let middle = ReturnTable(panel: panel, symbols: [1, 0], window: 3..<5, barsPerYear: 252)
    #expect(same(middle.values.values, [0.2, 0.1, nan, nan]))
    #expect(middle.timeNs == [3 * day, 4 * day])
    let logs = ReturnTable(
      panel: panel, symbols: [0], window: 2..<3, barsPerYear: 252, kind: .log)
    #expect(abs(logs.values[0, 0] - 0.095_310_179_804_324_86) < 1e-16)
    let none = ReturnTable(panel: panel, symbols: [0], window: 0..<1, barsPerYear: 252)
    #expect(none.barCount == 0 && none.isComplete)
    #expect(
      ReturnTable(panel: panel, symbols: [], window: 0..<6, barsPerYear: 252).symbolCount == 0)
  }

  @Test func parts() throws {
    let table = Samples.table([
      [1, 2, nan], [3, 4, 5], [nan, 6, 7], [8, nan, nan], [9, 10, 11],
    ])
    #expect(same(table.bars(1..<3).values.values, [3, 4, 5, nan, 6, 7]))
    #expect(table.symbols([2, 0]).symbols == ["C", "A"])
    #expect(same(table.symbols([2, 0]).bars(1..<3).values.values, [5, 3, 7, nan]))
    #expect(try table.pairCounts().values == [4, 3, 2, 3, 4, 3, 2, 3, 3])
    let complete = try table.complete(for: "test")
    #expect(complete.timeNs == [1, 4] && complete.isComplete)
    #expect(complete.values.values == [3, 4, 5, 9, 10, 11])
    #expect(throws: RiskError.noCompleteRow(method: "test", emptiest: "B")) {
      try Samples.table([[1, nan], [3, nan]]).complete(for: "test")
    }
    #expect(throws: RiskError.tooFewReturns(method: "test", found: 0, needed: 1)) {
      try table.bars(0..<0).complete(for: "test")
    }
  }

  private func days(_ dates: [(Int, Int, Int)]) throws -> [Int64] {
    try dates.map { try #require(CivilDate(year: $0, month: $1, day: $2)).daysSinceEpoch * day }
  }

  @Test func weeksAndMonths() throws {
    // Thursday, Friday, Monday, Wednesday; a new month on Monday.
    let stamps = try days([(2024, 3, 28), (2024, 3, 29), (2024, 4, 1), (2024, 4, 3)])
    let table = ReturnTable(
      symbols: ["A", "B"], timeNs: stamps,
      values: Matrix(rows: 4, columns: 2, [0.1, nan, 0.2, nan, -0.5, 0.1, nan, 0.3]),
      barsPerYear: 252)
    let weeks = try table.compounded(to: .week, barsPerYear: 52)
    #expect(weeks.timeNs == [stamps[0], stamps[2]] && weeks.barsPerYear == 52)
    #expect(same(weeks.values.values, [0.32, nan, -0.5, 0.43]))
    let months = try table.compounded(to: .month, barsPerYear: 12)
    #expect(months.timeNs == weeks.timeNs && same(months.values.values, weeks.values.values))
    let logs = ReturnTable(
      symbols: table.symbols, timeNs: stamps, values: table.values, barsPerYear: 252, kind: .log)
    #expect(
      same(try logs.compounded(to: .week, barsPerYear: 52).values.values, [0.3, nan, -0.5, 0.4]))
    #expect(try table.compounded(to: .day, barsPerYear: 252).timeNs == stamps)
    #expect(try table.bars(0..<0).compounded(to: .week, barsPerYear: 52).barCount == 0)
    for frequency in [Frequency(ns: 5 * Frequency.month.ns), Frequency(ns: day / 24)] {
      #expect(throws: RiskError.self) { try table.compounded(to: frequency, barsPerYear: 1) }
    }
  }

  @Test func hoursByTheWallClock() throws {
    // 23:30 and 00:30 UTC are the same day five hours west.
    let midnight = try days([(2024, 3, 29)])[0]
    let hour = day / 24
    let zone = ZoneRules(name: "west", changes: [], offsets: [-5 * hour])
    let table = ReturnTable(
      symbols: ["A"],
      timeNs: [midnight - hour / 2, midnight + hour / 2, midnight + 5 * hour],
      values: Matrix(rows: 3, columns: 1, [0.1, 0.1, 0.5]), barsPerYear: 252 * 6)
    let west = try table.compounded(to: .day, zone: zone, barsPerYear: 252)
    #expect(west.timeNs == [midnight - day, midnight])
    #expect(same(west.values.values, [0.21, 0.5]))
    let utc = try table.compounded(to: .day, barsPerYear: 252)
    #expect(utc.timeNs == [midnight - day, midnight])
    #expect(same(utc.values.values, [0.1, 0.65]))
  }

  /// What longer returns compound to is the change of price, whatever the frequency.
  @Test func compoundingKeepsTheWhole() throws {
    let closes = try Samples.withGaps()
    for frequency in [Frequency.week, .month, Frequency(ns: 3 * Frequency.month.ns)] {
      let longer = try closes.compounded(to: frequency, barsPerYear: 12)
      for symbol in 0..<20 {
        func whole(_ table: ReturnTable) -> Double {
          table.values.column(symbol).filter(\.isFinite).reduce(1) { $0 * (1 + $1) }
        }
        #expect(abs(whole(longer) / whole(closes) - 1) < 1e-13)
      }
    }
  }
}
