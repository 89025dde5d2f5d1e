import Market
import TestSupport
import Testing

@Suite struct CalendarTests {
  private static let equity = Calendar(.usEquity)

  private static func day(_ year: Int, _ month: Int, _ day: Int) throws -> Int64 {
    try #require(CivilDate(year: year, month: month, day: day)).daysSinceEpoch
  }

  @Test func everyDayOf96YearsAgreesWithTheRecord() throws {
    var traded: Set<Int64> = []
    for line in try Golden.lines("trading_days.txt") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      let bits = try #require(UInt32(words[1], radix: 16))
      let (year, month) = (Int(words[0].prefix(4)) ?? 0, Int(words[0].suffix(2)) ?? 0)
      for day in 1...31 where bits & (1 << UInt32(day - 1)) != 0 {
        traded.insert(try Self.day(year, month, day))
      }
    }
    #expect(traded.count == 24_114)
    let found = try (Self.day(1927, 12, 30)...(try Self.day(2023, 12, 28))).filter {
      Self.equity.isSession(day: $0)
    }
    #expect(Set(found) == traded)
    for day in try Self.day(1927, 12, 1)...(try Self.day(2023, 12, 27)) {
      let next = Self.equity.nextSession(after: day)
      if next > day + 1 { #expect((day + 1..<next).allSatisfy { !traded.contains($0) }) }
    }
  }

  @Test func holidaysAfterTheRecordAreThoseOfTwoPackages() throws {
    let closed = Set(try Golden.lines("xnys_closed_2024_2030.txt"))
    for day in try Self.day(2023, 12, 29)...(try Self.day(2030, 12, 31)) {
      let date = CivilDate(daysSinceEpoch: day)
      let isOpen = date.weekday < 5 && !closed.contains("\(date)")
      #expect(Self.equity.isSession(day: day) == isOpen, "\(date)")
    }
  }

  @Test func aliasesAreTheSameCalendar() {
    for name in ["us_equity", "XNYS", "xnys", "NYSE", "nasdaq"] {
      #expect(Calendar(named: name) == .usEquity)
    }
    #expect(Calendar(named: "24/7") == .crypto && Calendar(named: "24/5") == .fx)
    #expect(Calendar(named: "XLON") == nil)
    #expect(Calendar.usEquity.name == "us_equity" && Calendar.usEquity.isBuiltIn)
  }

  @Test func farDaysDoNotTrap() {
    for calendar in [Calendar.usEquity, .crypto, .fx] {
      for day in [Int64(-900_000), -106_752, 106_751, 900_000] {
        _ = calendar.isSession(day: day)
        _ = calendar.sessions(days: day...day + 3, zone: .utc)
      }
    }
  }

  /// Published by the exchange for years after the record's end.
  @Test(arguments: [
    (2024, 1, 1), (2024, 3, 29), (2024, 6, 19), (2024, 12, 25), (2025, 1, 9), (2025, 1, 20),
    (2025, 4, 18), (2026, 4, 3), (2026, 7, 3), (2026, 11, 26), (2027, 6, 18), (2027, 7, 5),
    (2027, 12, 24),
  ])
  func laterHolidaysAreKept(year: Int, month: Int, day: Int) throws {
    let day = try Self.day(year, month, day)
    #expect(!Self.equity.isSession(day: day))
    #expect(Calendar(.crypto).isSession(day: day))
  }

  @Test func newYearOnSaturdayClosesNoFriday() throws {
    #expect(Self.equity.isSession(day: try Self.day(2021, 12, 31)))
    #expect(Self.equity.isSession(day: try Self.day(2027, 12, 31)))
  }

  @Test func nextSessionSkipsWhatIsClosed() throws {
    // Terror closed the exchange from Tuesday to Friday.
    #expect(
      Self.equity.nextSession(after: try Self.day(2001, 9, 10)) == (try Self.day(2001, 9, 17)))
    #expect(
      Self.equity.nextSession(after: try Self.day(2024, 3, 28)) == (try Self.day(2024, 4, 1)))
    #expect(
      Calendar(.crypto).nextSession(after: try Self.day(2024, 3, 28)) == (try Self.day(2024, 3, 29))
    )
  }

  @Test(arguments: [Calendar.Kind.usEquity, .crypto])
  func monthEndsAreTheLastSessionsOfMonths(kind: Calendar.Kind) throws {
    let calendar = Calendar(kind)
    let days = try Self.day(1990, 1, 1)...(try Self.day(2023, 12, 31))
    // By sorting all sessions into months, which knows nothing of "next".
    var lasts: [Int: Int64] = [:]
    for day in days where calendar.isSession(day: day) {
      let date = CivilDate(daysSinceEpoch: day)
      lasts[date.year * 12 + date.month] = day
    }
    let found = days.filter { calendar.isSession(day: $0) && calendar.isMonthEnd(day: $0) }
    #expect(found == lasts.values.sorted())
    #expect(found.count == 34 * 12)
  }

  @Test func barsPerYearFollowTheCalendar() {
    #expect(Self.equity.barsPerYear(frequencyNs: Calendar.dayNs) == 252)
    #expect(Self.equity.barsPerYear(frequencyNs: 60_000_000_000) == 252 * 390)
    #expect(Calendar(.crypto).barsPerYear(frequencyNs: 3_600_000_000_000) == 365 * 24)
    #expect(Calendar.fx.barsPerYear(frequencyNs: Calendar.dayNs) == 260)
    #expect(Calendar.fx.barsPerYear(frequencyNs: 3_600_000_000_000) == 260 * 24)
    for calendar in [Calendar.usEquity, .crypto, .fx] {
      #expect(calendar.barsPerYear(frequencyNs: Frequency.week.ns) == 52)
      #expect(calendar.barsPerYear(frequencyNs: Frequency.month.ns) == 12)
      #expect(calendar.barsPerYear(frequencyNs: 3 * Frequency.month.ns) == 4)
    }
    // One bar a session, however long it is said to be.
    #expect(Self.equity.barsPerYear(frequencyNs: Calendar.dayNs / 2) == 252)
  }
}
