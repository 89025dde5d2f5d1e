import Foundation
import Interchange
import Market
import Testing

private typealias Calendar = Market.Calendar

@Suite struct CalendarSourceTests {
  private func ns(_ text: String) throws -> Int64 { try Timestamp.nanoseconds(parsing: text) }

  /// Half days and late openings by two packages, as instants in UTC; all other sessions last from 09:30 to 16:00.
  @Test func hoursOfTheExchangeAreThoseOfTwoPackages() throws {
    let zone = try #require(ZoneRules.named("America/New_York"))
    let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../MarketTests/Golden/xnys_hours.csv")
    var unusual: [Int64: (opens: Int64, closes: Int64)] = [:]
    for line in try String(contentsOf: golden, encoding: .utf8).split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",").map(String.init)
      let day = Timestamp.split(try ns(cells[0])).day
      // Where they differ, the longer list was checked: 1999-12-31 closed early, by hourly prices of that day.
      unusual[day] = (try ns("\(cells[0])T\(cells[3])Z"), try ns("\(cells[0])T\(cells[4])Z"))
    }
    #expect(unusual.count == 108)
    let days = Timestamp.split(try ns("1985-10-01")).day...Timestamp.split(try ns("2030-12-31")).day
    for range in Calendar.usEquity.sessions(days: days, zone: zone) where range.kind == .regular {
      let date = CivilDate(daysSinceEpoch: range.day)
      if let (opens, closes) = unusual[range.day] {
        #expect(range.opens == opens && range.closes == closes, "\(date)")
      } else {
        let wall = range.opens + zone.offset(at: range.opens) - range.day * Calendar.dayNs
        #expect(
          wall == 34_200_000_000_000 && range.closes - range.opens == 23_400_000_000_000, "\(date)")
        #expect(!Calendar.usEquity.hasUnusualHours(day: range.day), "\(date)")
      }
    }
  }

  /// By hand: New York set its clock forward on 10 March 2024 and back on 3 November.
  @Test func currenciesFollowTheClockOfNewYork() throws {
    let zone = try #require(ZoneRules.named("America/New_York"))
    func week(_ from: String, _ to: String) throws -> [String] {
      let days = Timestamp.split(try ns(from)).day...Timestamp.split(try ns(to)).day
      return Calendar.fx.sessions(days: days, zone: zone).map {
        Timestamp.text(nanoseconds: $0.opens) + " " + Timestamp.text(nanoseconds: $0.closes)
      }
    }
    #expect(
      try week("2024-03-08", "2024-03-11") == [
        "2024-03-07T22:00:00Z 2024-03-08T22:00:00Z", "2024-03-10T21:00:00Z 2024-03-11T21:00:00Z",
      ])
    #expect(
      try week("2024-11-01", "2024-11-04") == [
        "2024-10-31T21:00:00Z 2024-11-01T21:00:00Z", "2024-11-03T22:00:00Z 2024-11-04T22:00:00Z",
      ])
  }

  /// In Havana the clock goes from midnight to one; in London from one to two, and it shows one to two twice.
  @Test func aTimeThatTheClockLeavesOutIsTheNextThere() throws {
    let havana = try #require(ZoneRules.named("America/Havana"))
    #expect(havana.firstInstant(wall: try ns("2024-03-10")) == (try ns("2024-03-10T05:00Z")))
    let london = try #require(ZoneRules.named("Europe/London"))
    #expect(london.firstInstant(wall: try ns("2024-03-31T01:30Z")) == (try ns("2024-03-31T01:30Z")))
    #expect(london.firstInstant(wall: try ns("2024-10-27T01:30Z")) == (try ns("2024-10-27T00:30Z")))
  }

  @Test func aFileIsReadAndItsMistakesAreNamed() throws {
    let scratch = try Scratch()
    let good =
      "calendar mine\r\nzone Europe/London\r\nyear 253\r\nhours regular mon-fri 08:00 to 16:30\r\n"
    let path = try scratch.write(Array(good.utf8), to: "mine.calendar")
    #expect(try CalendarSource.calendar(path).name == "mine")
    #expect(try CalendarSource.calendar("XNYS") == .usEquity)
    func refusal(_ bytes: [UInt8]) throws -> String {
      let path = try scratch.write(bytes, to: "bad.calendar")
      do { return "\(try CalendarSource.calendar(path))" } catch { return "\(error)" }
    }
    #expect(try refusal([]).contains("has no line 'calendar NAME'"))
    #expect(try refusal(Array((good + "closed never").utf8)).contains("line 5: 'never' is no day"))
    #expect(
      try refusal(Array(good.replacing("London", with: "Lodnon").utf8)).contains("Europe/London"))
    #expect(try refusal([0xFF, 0xFE, 0]).contains("is not text in UTF-8"))
    #expect(try refusal(Array((good + "#\0").utf8)).contains("is not text in UTF-8"))
    #expect(try refusal([UInt8](repeating: 35, count: 1 << 21)).contains("longer than 1 MiB"))
    #expect(throws: ImportError.self) { try CalendarSource.calendar("/no/such.calendar") }
    #expect(throws: ImportError.self) { try CalendarSource.calendar("us_equty") }
  }

  /// By hand: two weeks with a holiday on a Wednesday and a session on a Saturday.
  @Test func aListOfTradingDaysIsACalendar() throws {
    let scratch = try Scratch()
    let days = ["01-02", "01-03", "01-04", "01-05", "01-06", "01-08", "01-09", "01-11", "01-12"]
    let text = "date\n" + days.reversed().map { "2024-\($0)\n" }.joined()
    let path = try scratch.write(Array(text.utf8), to: "My Market.csv")
    let calendar = try CalendarSource.calendar(path)
    #expect(calendar.name == "my_market")
    func day(_ text: String) throws -> Int64 { Timestamp.split(try ns(text)).day }
    let sessions = (try day("2024-01-02")...(try day("2024-01-12"))).filter(calendar.isSession)
    #expect(sessions.map { CivilDate(daysSinceEpoch: $0).description } == days.map { "2024-\($0)" })
    // Beyond the list by weekday: of Wednesdays it has but half.
    #expect(calendar.isSession(day: try day("2024-01-15")))
    #expect(!calendar.isSession(day: try day("2024-01-17")))
    let bad = try scratch.write(Array("date\n2024-01-02\nsoon\n".utf8), to: "bad.csv")
    #expect {
      try CalendarSource.calendar(bad)
    } throws: {
      "\($0)".contains("line 3: 'soon' is no date")
    }
    let none = try scratch.write(Array("date\n".utf8), to: "none.csv")
    #expect(throws: ImportError.self) { try CalendarSource.calendar(none) }
  }

  /// Bytes of all kinds end in a calendar or in a refusal.
  @Test func noTextTraps() throws {
    var state: UInt64 = 11
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let text = Array(Calendar.usEquity.definition.utf8.prefix(2500))
    for _ in 0..<300 {
      var changed = text
      for _ in 0...next(8) {
        switch next(3) {
        case 0: changed[next(changed.count)] = UInt8(next(256))
        case 1: changed.removeSubrange(0..<next(40))
        default: changed.insert(contentsOf: changed.prefix(next(60)), at: next(changed.count))
        }
      }
      if let calendar = try? Calendar(parsing: String(decoding: changed, as: UTF8.self)) {
        _ = calendar.isSession(day: 19_000)
        _ = calendar.sessions(days: 19_000...19_010, zone: .utc)
      }
    }
  }
}
