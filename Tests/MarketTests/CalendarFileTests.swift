import Market
import Testing

@Suite struct CalendarFileTests {
  private static let head = """
    calendar mine  # a comment
    zone Europe/London
    year 253
    hours regular mon-fri 08:00 to 16:30

    """

  private func day(_ text: String) throws -> Int64 {
    Timestamp.split(try Timestamp.nanoseconds(parsing: text)).day
  }

  @Test func rulesAreDaysOfEachYear() throws {
    let calendar = try Calendar(
      parsing: Self.head + """
        closed 01-01 weekend-to-monday
        closed easter -2
        closed easter +1
        closed 1st monday of may until 2019
        closed last monday of august
        closed 12-26 observed from 2000
        closed 2022: 09-19
        closed 2020-05-08
        open 2021-08-30
        early 12:30 12-24 if mon-fri
        late 10:00 2019: 03-04
        """)
    #expect(calendar.name == "mine" && calendar.timeZone == "Europe/London")
    #expect(!calendar.isBuiltIn && calendar.sessionsPerYear == 253)
    // Holidays of London by its exchange, but for the made-up moves.
    for closed in [
      "2022-01-03", "2024-01-01", "2024-03-29", "2024-04-01", "2019-05-06", "2024-08-26",
      "2022-09-19", "2020-05-08", "2024-12-26", "2021-12-27", "2024-06-01",
    ] { #expect(!calendar.isSession(day: try day(closed)), "\(closed)") }
    for open in [
      "2022-01-04", "2021-05-03", "2021-08-30", "2024-12-24", "1999-12-27", "2024-05-06",
    ] { #expect(calendar.isSession(day: try day(open)), "\(open)") }
    #expect(calendar.hours(day: try day("2024-12-24")).map(\.closesNs) == [45_000_000_000_000])
    #expect(calendar.hours(day: try day("2019-03-04")).map(\.opensNs) == [36_000_000_000_000])
    #expect(calendar.hasUnusualHours(day: try day("2019-03-04")))
    #expect(calendar.hours(day: try day("2024-06-01")).isEmpty)
    #expect(try Calendar(parsing: calendar.definition) == calendar)
  }

  @Test func whatIsListedIsTheWholeTruthInside() throws {
    let calendar = try Calendar(
      parsing: Self.head + """
        closed 12-25
        listed 2010-01-01 to 2019-12-31
        closed 2015: 12-24
        """)
    #expect(calendar.isSession(day: try day("2015-12-25")))
    #expect(!calendar.isSession(day: try day("2015-12-24")))
    #expect(!calendar.isSession(day: try day("2009-12-25")))
    #expect(!calendar.isSession(day: try day("2020-12-25")))
  }

  @Test func aDayMayTradeAtAWeekend() throws {
    let calendar = try Calendar(parsing: Self.head + "open 2024-03-02")
    #expect(calendar.isSession(day: try day("2024-03-02")))
    #expect(calendar.hours(day: try day("2024-03-02")) == calendar.usualHours(weekday: 0))
  }

  @Test func severalHoursADay() throws {
    let calendar = try Calendar(
      parsing: """
        calendar tokyo
        zone Asia/Tokyo
        year 245
        hours regular mon-fri 12:30 to 15:00
        hours regular mon-fri 09:00 to 11:30
        hours post mon,wed,fri 16:00 to 17:00
        """)
    #expect(calendar.usualHours(weekday: 0).map(\.kind) == [.regular, .regular, .post])
    #expect(
      calendar.usualHours(weekday: 1).map(\.opensNs) == [32_400_000_000_000, 45_000_000_000_000])
    #expect(calendar.barsPerYear(frequencyNs: 60_000_000_000) == 245 * 300)
  }

  @Test(arguments: [
    ("calender x", 1, "'calender' is not known"), ("calendar A/B", 1, "'calendar' takes one name"),
    ("calendar us_equity", 0, "is taken"), ("calendar xnys", 0, "is taken"),
    ("hours regular mon-fri 9:30 to 16:00", 1, "hours are written"),
    ("hours regular mon-fri 09:30-16:00", 1, "hours are written"),
    ("hours regular fri-mon 09:30 to 16:00", 1, "'hours' is written"),
    ("hours regular mon-fri 16:00 to 09:30", 1, "must end after they begin"),
    ("hours regular mon-fri 09:30 to 25:00", 1, "hours are written"),
    ("hours regular mon 10:00 to 17:00", 0, "overlap"),
    ("year 0", 1, "'year' takes"), ("year nan", 1, "'year' takes"), ("year 400", 1, "'year' takes"),
    ("closed", 1, "the days are missing"), ("closed 13-45", 1, "is no day"),
    ("closed 2023: 02-29", 1, "is no day of 2023"), ("closed 2023:", 1, "are missing"),
    ("closed 6th monday of may", 1, "is no day"), ("closed easter - 2", 1, "can't follow"),
    ("closed easter +999", 1, "can't follow"), ("closed 12-25 observd", 1, "can't follow"),
    ("closed 12-25 from 1998 until 1990", 1, "can't follow"), ("early 12-24", 1, "'early' begins"),
    ("early 13:00", 1, "the days are missing"), ("late 12-24", 1, "'late' begins"),
    ("listed 2020-01-01 to 2010-01-01", 1, "'listed' is written"),
  ])
  func mistakesAreNamed(line: String, fault: Int, reason: String) throws {
    let added = Self.head + line
    let number = fault == 0 ? nil : Self.head.split(separator: "\n").count + 1
    let error = #expect(throws: MarketError.self) { try Calendar(parsing: added) }
    guard case .invalidCalendar(let at, let text) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.contains(reason), "\(text)")
    if let number { #expect(at == number) }
  }

  @Test(arguments: ["calendar x", "zone UTC", "year 1", "hours regular every 00:00 to 24:00"])
  func everyPartIsNeeded(missing: String) throws {
    let all = ["calendar x", "zone UTC", "year 1", "hours regular every 00:00 to 24:00"]
    _ = try Calendar(parsing: all.joined(separator: "\n"))
    #expect(throws: MarketError.self) {
      try Calendar(parsing: all.filter { $0 != missing }.joined(separator: "\r\n"))
    }
  }
}
