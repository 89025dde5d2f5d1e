import Interchange
import Market
import Testing

struct NamedZoneTests {
  @Test func newYorkChangesAtTwoInTheMorning() throws {
    let rules = try #require(ZoneRules.named("America/New_York"))
    for (instant, hours) in [
      ("2021-03-14T06:59:59Z", -5), ("2021-03-14T07:00:00Z", -4), ("2021-11-07T05:59:59Z", -4),
      ("2021-11-07T06:00:00Z", -5), ("1950-07-01", -4), ("2100-01-01", -5),
    ] {
      let ns = try Timestamp.nanoseconds(parsing: instant)
      #expect(rules.offset(at: ns) == Int64(hours) * 3_600_000_000_000, "\(instant)")
    }
  }

  @Test func halfHoursAndFixedZonesWork() throws {
    let ns = try Timestamp.nanoseconds(parsing: "2021-07-01")
    #expect(try #require(ZoneRules.named("Asia/Kolkata")).offset(at: ns) == 19_800_000_000_000)
    #expect(try #require(ZoneRules.named("UTC")) == .utc)
    #expect(ZoneRules.named("Mars/Olympus") == nil)
    #expect(ZoneRules.knownNames.contains("Europe/Berlin"))
  }
}
