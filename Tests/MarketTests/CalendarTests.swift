import Market
import Testing

@Suite struct CalendarTests {
  private static let equity = Calendar(.usEquity)

  private static func day(_ year: Int, _ month: Int, _ day: Int) throws -> Int64 {
    try #require(CivilDate(year: year, month: month, day: day)).daysSinceEpoch
  }

  @Test(arguments: 1990...2023)
  func everyWeekdayAgreesWithTheRecord(year: Int) throws {
    let closures = try #require(usEquityClosures[year]).split(separator: " ").map(String.init)
    let last = year == 2023 ? try Self.day(2023, 12, 28) : try Self.day(year, 12, 31)
    for day in try Self.day(year, 1, 1)...last {
      let date = CivilDate(daysSinceEpoch: day)
      let isClosed = date.weekday > 4 || closures.contains(String(date.description.dropFirst(5)))
      #expect(Self.equity.isSession(day: day) == !isClosed, "\(date)")
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
  }
}
