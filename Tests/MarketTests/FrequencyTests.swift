import Market
import Testing

@Suite struct FrequencyTests {
  private func ns(_ texts: [String]) throws -> [Int64] {
    try texts.map { try Timestamp.nanoseconds(parsing: $0) }
  }

  @Test(arguments: ["30s", "1m", "5m", "1h", "4h", "1d", "3d", "1w", "2w", "1mo", "3mo", "12mo"])
  func labelsComeBack(label: String) throws {
    #expect(try #require(Frequency(label: label)).label == label)
  }

  @Test(arguments: ["", "m", "0m", "5", "-5m", "5x", "1.5h", "99999999999999999h", "5 m"])
  func otherLabelsAreRefused(label: String) { #expect(Frequency(label: label) == nil) }

  @Test func unitsHaveTheirLengths() {
    #expect(Frequency(label: "60m")?.label == "1h" && Frequency(label: "24h") == .day)
    #expect(Frequency(label: "7d") == .week && Frequency(label: "1mo")?.months == 1)
    #expect(Frequency(ns: 1_500_000_000).label == "1500000000ns")
  }

  /// Month ends, month starts, last weekdays, with a hole; quarters; years.
  @Test(
    arguments: [
      (["2012-01-31", "2012-02-29", "2012-03-31", "2012-04-30"], "1mo"),
      (["1871-01-01", "1871-02-01", "1871-03-01"], "1mo"),
      (["2024-05-31", "2024-06-28", "2024-07-31", "2024-10-31", "2024-11-29"], "1mo"),
      (["2012-01-31T05:00Z", "2012-02-29T05:00Z", "2012-03-31T04:00Z"], "1mo"),
      (["2023-03-31", "2023-06-30", "2023-09-29", "2023-12-29"], "3mo"),
      (["2020-12-31", "2021-12-31", "2022-12-30"], "12mo"),
      (["2024-01-05", "2024-01-12", "2024-01-19"], "1w"),
      (["2024-01-02", "2024-01-08", "2024-01-16", "2024-01-22", "2024-02-05"], "1w"),
      (["2024-01-05", "2024-01-08", "2024-01-09"], "1d"), (["2024-01-05"], "1d"),
      (["2024-01-01", "2024-02-01"], "1d"), ([], "1d"),
      (["2024-01-05T00:00Z", "2024-01-05T01:00Z", "2024-01-05T03:00Z", "2024-01-05T04:00Z"], "1h"),
      (["2024-01-05T16:00Z", "2024-01-06T16:00Z", "2024-01-07T16:00Z"], "1d"),
    ] as [([String], String)])
  func barsTellTheirLength(times: [String], label: String) throws {
    #expect(Frequency.infer(try ns(times)).label == label)
  }

  @Test(
    arguments: [
      (["2024-01-05", "2024-01-08"], "us_equity"), (["2024-01-05", "2024-01-06"], "crypto"),
      (["2024-01-05", "2024-01-07", "2024-01-08"], "fx"),
      (["2024-01-05T21:00Z", "2024-01-07T22:00Z", "2024-01-07T23:00Z"], "fx"),
      // Friday's after hours in New York.
      (
        ["2024-01-05T23:59Z", "2024-01-06T00:59Z", "2024-01-06T01:00Z", "2024-01-08T09:00Z"],
        "us_equity"
      ),
      (["2024-01-05T23:00Z", "2024-01-06T03:00Z", "2024-01-07T03:00Z"], "crypto"),
      (["2012-01-31", "2012-02-29", "2012-03-31", "2012-04-30", "2012-05-31"], "crypto"),
    ] as [([String], String)])
  func barsTellTheirCalendar(times: [String], name: String) throws {
    let times = try ns(times)
    let found = CalendarGuess.calendar(times, frequency: Frequency.infer(times))
    #expect(found.name == name)
  }

  @Test func oneStrayBarChangesNothing() throws {
    let start = try Timestamp.nanoseconds(parsing: "2020-01-06")
    var days = (0..<500).map { start + $0 * Calendar.dayNs }.filter {
      Calendar.usEquity.isSession(day: $0 / Calendar.dayNs)
    }
    days.append(
      days[100] + (5 - Int64(CivilDate.weekday(daysSinceEpoch: days[100] / Calendar.dayNs)))
        * Calendar.dayNs)
    #expect(CalendarGuess.calendar(days.sorted(), frequency: .day).name == "us_equity")
  }
}
