import Market
import Testing

/// The clock of New York in 2021: forward on 14 March at 07:00 UTC, back on 7 November at 06:00 UTC.
struct ZoneRulesTests {
  private static let hour: Int64 = 3_600_000_000_000
  private let newYork = ZoneRules(
    name: "America/New_York",
    changes: ["2021-03-14T07:00Z", "2021-11-07T06:00Z"].map {
      (try? Timestamp.nanoseconds(parsing: $0)) ?? 0
    }, offsets: [-5 * hour, -4 * hour, -5 * hour])

  private func ns(_ text: String) throws -> Int64 { try Timestamp.nanoseconds(parsing: text) }

  @Test func offsetsHoldFromTheirInstantOn() throws {
    #expect(newYork.offset(at: try ns("2021-03-14T06:59:59Z")) == -5 * Self.hour)
    #expect(newYork.offset(at: try ns("2021-03-14T07:00Z")) == -4 * Self.hour)
    #expect(newYork.offset(at: .min) == -5 * Self.hour)
    #expect(newYork.offset(at: .max) == -5 * Self.hour)
  }

  @Test func aWallTimeIsOnceTwiceOrNever() throws {
    #expect(
      newYork.instant(wall: try ns("2021-06-01T09:30Z")) == .once(try ns("2021-06-01T13:30Z")))
    #expect(newYork.instant(wall: try ns("2021-03-14T02:30Z")) == .never)
    #expect(
      newYork.instant(wall: try ns("2021-03-14T03:00Z")) == .once(try ns("2021-03-14T07:00Z")))
    #expect(
      newYork.instant(wall: try ns("2021-11-07T01:30Z"))
        == .twice(
          earlier: try ns("2021-11-07T05:30Z"), later: try ns("2021-11-07T06:30Z")))
    #expect(
      newYork.instant(wall: try ns("2021-11-07T02:00Z")) == .once(try ns("2021-11-07T07:00Z")))
  }
}
