import Jobs
import Market
import Storage
import TestSupport
import Testing

@Suite struct GapsJobTests {
  /// Gaps of one symbol whose bars start at these times.
  private func gaps(_ times: [String], _ calendar: Calendar, _ label: String) throws
    -> PanelGaps.Symbol
  {
    let scratch = try ScratchFolder()
    let frequency = try #require(Frequency(label: label))
    let ns = try times.map { try Timestamp.nanoseconds(parsing: $0) }
    try PriceStore.add(
      PanelDraft(
        name: "p", timeNs: ns, symbols: [.init(symbol: "X")], calendar: calendar,
        frequencyNs: frequency.ns,
        fields: [.init(name: "close", values: [Double](repeating: 1, count: ns.count))]),
      to: scratch.path("s.h5"))
    let outcomes = try GapsJob.run(try PriceStore.open(scratch.path("s.h5")), symbol: "X")
    return try #require(outcomes.first?.gaps.symbols.first)
  }

  private func texts(_ runs: [PanelGaps.Run]) -> [String] {
    runs.map {
      "\(Timestamp.text(nanoseconds: $0.from)) \(Timestamp.text(nanoseconds: $0.to)) \($0.bars)"
    }
  }

  /// Around Thanksgiving 2023: a missing Friday, a bar on the holiday and on Saturday, one at noon.
  @Test func daysAreHeldAgainstSessions() throws {
    let found = try gaps(
      [
        "2023-11-21", "2023-11-22", "2023-11-23", "2023-11-25", "2023-11-27", "2023-11-28T12:00Z",
        "2023-12-01",
      ],
      .usEquity, "1d")
    #expect(
      found.bars == 7 && found.expected == 8 && found.missing == 3 && found.emptySessions == 3)
    #expect(texts(found.runs) == ["2023-11-24 2023-11-24 1", "2023-11-29 2023-11-30 2"])
    #expect(found.extras.map(\.fault) == [.holiday, .closedWeekday, .offGrid])
    #expect(!found.startsLate && !found.endsEarly)
  }

  /// A half day, hours after it, a bar off the grid; 14:30 to 21:00 UTC in winter.
  @Test func minutesAreHeldAgainstHours() throws {
    var times: [String] = []
    func add(_ day: String, _ from: Int, _ to: Int, step: Int = 30) {
      for minute in stride(from: from, to: to, by: step) {
        let (hour, rest) = (minute / 60, minute % 60)
        times.append("\(day)T\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)Z")
      }
    }
    add("2023-11-22", 14 * 60, 20 * 60)  // One before the open; the last two are missing.
    times.append("2023-11-24T14:30Z")
    times.append("2023-11-24T14:45Z")
    add("2023-11-24", 15 * 60, 20 * 60)  // Closes at 18:00: four of after hours.
    add("2023-11-28", 14 * 60 + 30, 21 * 60)
    let found = try gaps(times, .usEquity, "30m")
    #expect(found.count(.extended) == 5 && found.count(.offGrid) == 1)
    #expect(
      texts(found.runs) == [
        "2023-11-22T20:00:00Z 2023-11-22T20:30:00Z 2",
        "2023-11-27T14:30:00Z 2023-11-27T20:30:00Z 13",
      ])
    #expect(found.missing == 15 && found.expected == 13 + 7 + 13 + 13 && found.emptySessions == 1)
  }

  /// Hours that start before the open are bars of the session.
  @Test func hoursMayBeginBeforeTheOpen() throws {
    let hours = [14, 15, 16, 17, 18, 20].map { "2023-11-28T\($0):00Z" }
    let found = try gaps(hours + ["2023-11-29T14:00Z"], .usEquity, "1h")
    #expect(texts(found.runs) == ["2023-11-28T19:00:00Z 2023-11-28T19:00:00Z 1"])
    #expect(found.extras.isEmpty && found.expected == 8)
  }

  @Test func currenciesRestFromFridayToSunday() throws {
    let found = try gaps(
      [
        "2024-03-08T20:00Z", "2024-03-08T21:00Z", "2024-03-08T22:00Z", "2024-03-10T21:00Z",
        "2024-03-10T23:00Z",
      ],
      .fx, "1h")
    #expect(texts(found.runs) == ["2024-03-10T22:00:00Z 2024-03-10T22:00:00Z 1"])
    #expect(found.extras.map(\.fault) == [.outsideHours])
  }

  @Test(arguments: [
    ("1w", ["2024-01-05", "2024-01-12", "2024-01-26", "2024-01-27"], "2024-01-15 2024-01-15 1"),
    ("1mo", ["2023-11-30", "2024-02-29", "2024-03-29", "2024-03-31"], "2023-12-01 2024-01-01 2"),
    (
      "3mo", ["2023-12-29", "2024-03-28", "2024-09-30", "2024-09-30T12:00Z"],
      "2024-04-01 2024-04-01 1"
    ),
  ])
  func weeksAndMonthsHaveSlots(label: String, times: [String], run: String) throws {
    let found = try gaps(times, .usEquity, label)
    #expect(texts(found.runs) == [run])
    #expect(found.extras.map(\.fault) == [.repeated])
  }

  @Test func otherLengthsHaveNoSlots() throws {
    #expect(throws: MarketError.noSlots(frequency: "3d")) {
      try gaps(["2024-01-05", "2024-01-08"], .crypto, "3d")
    }
  }

  /// One symbol's snapshot is five minutes late on a day on which the other's is not.
  @Test func aLateBarOfOneSymbolIsNoRepetitionOfAnothers() throws {
    let scratch = try ScratchFolder()
    let five: Int64 = 300_000_000_000
    let times = [0, Calendar.dayNs, Calendar.dayNs + five, 2 * Calendar.dayNs]
    try PriceStore.add(
      PanelDraft(
        name: "p", timeNs: times, symbols: [.init(symbol: "A"), .init(symbol: "B")],
        calendar: .crypto, frequencyNs: Calendar.dayNs,
        fields: [.init(name: "close", values: [1, 1, 1, .nan, .nan, 1, 1, 1])]),
      to: scratch.path("s.h5"))
    let found = try #require(
      GapsJob.run(try PriceStore.open(scratch.path("s.h5"))).first
    ).gaps.symbols
    #expect(found.map(\.missing) == [0, 0] && found[0].extras.isEmpty)
    #expect(found[1].extras.map(\.time) == [times[2]] && found[1].count(.offGrid) == 1)
  }

  /// Missing bars per symbol within its lifetime, more symbols than a block of bits.
  @Test func eachSymbolHasItsLifetime() throws {
    let scratch = try ScratchFolder()
    let symbols = 70
    let days = (0..<40).map { 19_000 + Int64($0) }
    var values = [Double](repeating: .nan, count: days.count * symbols)
    for symbol in 0..<symbols {
      for bar in symbol % 5..<40 - symbol % 3 where bar % 7 != symbol % 7 || bar < 9 {
        values[bar * symbols + symbol] = 1
      }
    }
    try PriceStore.add(
      PanelDraft(
        name: "p", timeNs: days.map { $0 * Calendar.dayNs },
        symbols: (0..<symbols).map { .init(symbol: "S\($0)") }, calendar: .crypto,
        frequencyNs: Calendar.dayNs, fields: [.init(name: "close", values: values)]),
      to: scratch.path("s.h5"))
    let outcome = try #require(GapsJob.run(try PriceStore.open(scratch.path("s.h5"))).first)
    for (symbol, found) in outcome.gaps.symbols.enumerated() {
      let bars = (0..<40).filter { !values[$0 * symbols + symbol].isNaN }
      let (first, last) = (bars[0], bars[bars.count - 1])
      #expect(found.bars == bars.count && found.expected == last - first + 1)
      #expect(found.missing == found.expected - bars.count && found.extras.isEmpty)
      #expect(found.startsLate == (first > 0) && found.endsEarly == (last < 39))
    }
  }
}
