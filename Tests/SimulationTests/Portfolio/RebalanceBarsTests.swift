import Market
import Simulation
import Testing

/// Which bars a calendar names.
@Suite struct RebalanceBarsTests {
  private func panel(_ days: [String], frequency: Int64 = Calendar.dayNs, calendar: Calendar)
    throws -> PricePanel
  {
    let time = try days.map { day throws(MarketError) in
      try Timestamp.nanoseconds(parsing: day)
    }
    return PricePanel(
      name: "p", time: TimeAxis(ns: time), symbols: SymbolTable([.init(symbol: "A")]),
      calendar: calendar, frequencyNs: frequency, fields: ["close"],
      lifetimes: [0...days.count - 1], contentHash: "",
      storage: HeapPanelStorage(fields: [days.map { _ in 1 }]))
  }

  private func chosen(
    _ days: [String], _ every: Rebalance.Schedule, _ moment: Rebalance.Moment = .end,
    calendar: Calendar = .usEquity, frequency: Int64 = Calendar.dayNs, zone: ZoneRules = .utc,
    from first: Int = 0
  ) throws -> [String] {
    var rebalance = Rebalance()
    rebalance.every = every
    rebalance.moment = moment
    let panel = try panel(days, frequency: frequency, calendar: calendar)
    return RebalanceBars(rebalance, panel: panel, window: first..<days.count, zone: zone).bars
      .map { days[$0 + first] }
  }

  /// 2024-03-29 is Good Friday, so March ends on the 28th; May begins on a Wednesday.
  private let spring = [
    "2024-03-27", "2024-03-28", "2024-04-01", "2024-04-02", "2024-04-29", "2024-04-30",
    "2024-05-01",
  ]

  @Test func aMonthEndsWithItsLastSession() throws {
    #expect(try chosen(spring, .month) == ["2024-03-28", "2024-04-30"])
    #expect(try chosen(spring, .quarter) == ["2024-03-28"])
    #expect(try chosen(spring, .year) == [])
    // The week of April 1 has no bar on its Friday.
    #expect(try chosen(spring, .week) == ["2024-03-28", "2024-04-29"])
    #expect(try chosen(spring, .day) == spring)
  }

  @Test func aPeriodBeginsWithItsFirstBar() throws {
    #expect(try chosen(spring, .month, .start) == ["2024-04-01", "2024-05-01"])
    #expect(try chosen(spring, .quarter, .start) == ["2024-04-01"])
    #expect(try chosen(spring, .month, .start, from: 2) == ["2024-04-01", "2024-05-01"])
    #expect(try chosen(spring, .month, .start, from: 3) == ["2024-05-01"])
  }

  @Test func nBarsCountFromTheWindow() throws {
    #expect(try chosen(spring, .bars(3)) == ["2024-03-27", "2024-04-02", "2024-05-01"])
    #expect(try chosen(spring, .bars(3), from: 1) == ["2024-03-28", "2024-04-29"])
  }

  /// No bar is chosen because of a later one: every prefix gives the same choice.
  @Test func theChoiceDependsOnNoLaterBar() throws {
    for every in [Rebalance.Schedule.week, .month, .quarter, .year] {
      for moment in Rebalance.Moment.allCases {
        let all = try chosen(spring, every, moment)
        for count in 1...spring.count {
          let prefix = Array(spring.prefix(count))
          #expect(try chosen(prefix, every, moment) == all.filter { prefix.contains($0) })
        }
      }
    }
  }

  @Test func aMissingLastSessionIsMadeUpForByTheNextBar() throws {
    let days = ["2024-04-26", "2024-04-29", "2024-05-02", "2024-05-03"]
    #expect(try chosen(days, .month) == ["2024-05-02"])
    #expect(try chosen(days, .month, from: 2) == ["2024-05-02"])
  }

  @Test func everyDayIsASessionOfCrypto() throws {
    let days = ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]
    #expect(try chosen(days, .month, calendar: .crypto) == ["2024-02-29"])
    #expect(try chosen(days, .week, calendar: .crypto) == ["2024-03-03"])
  }

  /// Bars of an hour in New York: the last regular one of a session ends at 16:00.
  @Test func aDayOfHoursEndsWithItsSession() throws {
    let zone = ZoneRules(name: "America/New_York", changes: [], offsets: [-4 * 3_600_000_000_000])
    let hours = [
      "2024-04-30T13:30:00", "2024-04-30T18:30:00", "2024-04-30T19:30:00", "2024-04-30T20:30:00",
      "2024-05-01T13:30:00", "2024-05-01T19:30:00",
    ]
    let hour: Int64 = 3_600_000_000_000
    #expect(
      try chosen(hours, .day, frequency: hour, zone: zone)
        == ["2024-04-30T19:30:00", "2024-05-01T19:30:00"])
    #expect(
      try chosen(hours, .month, frequency: hour, zone: zone) == ["2024-04-30T19:30:00"])
    #expect(
      try chosen(hours, .month, .start, frequency: hour, zone: zone) == ["2024-05-01T13:30:00"])
  }

  /// The session that opens on Sunday evening is Monday's.
  @Test func anEveningBelongsToTheNextSession() throws {
    let zone = ZoneRules(name: "America/New_York", changes: [], offsets: [-4 * 3_600_000_000_000])
    // Friday 16:00 in New York is the week's last hour; Sunday 18:00 is the next week's second.
    let hours = ["2024-05-03T19:00:00", "2024-05-03T20:00:00", "2024-05-05T22:00:00"]
    #expect(
      try chosen(hours, .week, calendar: .fx, frequency: 3_600_000_000_000, zone: zone)
        == ["2024-05-03T20:00:00"])
    #expect(
      try chosen(hours, .week, .start, calendar: .fx, frequency: 3_600_000_000_000, zone: zone)
        == ["2024-05-05T22:00:00"])
  }

  @Test func weeksOfAMonthEndWhereTheNextOneBegins() throws {
    let weeks = ["2024-04-15", "2024-04-22", "2024-04-29", "2024-05-06"]
    #expect(try chosen(weeks, .month, frequency: 7 * Calendar.dayNs) == ["2024-04-29"])
    let months = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
    #expect(try chosen(months, .quarter, frequency: Frequency.month.ns) == ["2024-03-01"])
    #expect(try chosen(months, .month, frequency: Frequency.month.ns) == months)
  }
}
