import Market
import Testing

private func days(_ first: (Int, Int, Int), count: Int) throws -> [Int64] {
  let start = try #require(CivilDate(year: first.0, month: first.1, day: first.2)).daysSinceEpoch
  return (0..<Int64(count)).map { start + $0 }
}

/// New York as far as one change of clocks goes: UTC−5, and UTC−4 from 2024-03-10 07:00 UTC.
private func newYork(_ ns: Int64) -> Int64 {
  ns < 1_710_054_000 * 1_000_000_000 ? -5 * hourNs : -4 * hourNs
}

@Test func dailyBarsAreReadAsTheirDay() throws {
  // 2024-02-26 was a Monday; the zone would move midnight to the day before, if it were asked.
  let days = try days((2024, 2, 26), count: 14)
  let daily = panel(
    [("close", [Array(repeating: 1, count: 14)])], time: days.map { $0 * dayNs },
    calendar: Calendar(.usEquity))
  func bars(_ condition: String) throws -> [Int] {
    try entries(condition, daily, zoneOffset: newYork)
  }
  #expect(try bars("weekday == 1") == [0, 7])
  #expect(try bars("weekday == 7") == [6, 13])
  #expect(try bars("weekday < 1 or weekday > 7") == [])
  #expect(try bars("month == 2") == [0, 1, 2, 3])
  #expect(try bars("not (month == 2)") == Array(4..<14))
  #expect(try bars("hour == 0") == Array(0..<14))
}

@Test func monthsEndAtTheLastSession() throws {
  // Good Friday 2024 fell on 29 March, so the month's last session was Thursday the 28th; May ended on Friday the
  // 31st; in June 2024 the 30th was a Sunday.
  let days = try days((2024, 3, 1), count: 122).filter { Calendar(.usEquity).isSession(day: $0) }
  let daily = panel(
    [("close", [days.map { _ in 1 }])], time: days.map { $0 * dayNs },
    calendar: Calendar(.usEquity))
  func dates(_ condition: String) throws -> [String] {
    try entries(condition, daily).map { CivilDate(daysSinceEpoch: days[$0]).description }
  }
  #expect(
    try dates("month_end") == ["2024-03-28", "2024-04-30", "2024-05-31", "2024-06-28"])
  #expect(try dates("not month_end").count == days.count - 4)
  #expect(try dates("month_end and not month_end") == [])

  let every = panel(
    [("close", [Array(repeating: 1, count: 122)])],
    time: try StrategiesTests.days((2024, 3, 1), count: 122).map { $0 * dayNs },
    calendar: Calendar(.crypto))
  #expect(try entries("month_end", every) == [30, 60, 91, 121])
}

@Test func shorterBarsAreReadInThePanelsZone() throws {
  // Hourly from 2024-03-09 00:00 UTC, a Saturday, over the change of clocks on Sunday the 10th at 07:00 UTC.
  let first = try days((2024, 3, 9), count: 1)[0] * dayNs
  let time = (0..<72).map { first + Int64($0) * hourNs }
  let hourly = panel(
    [("close", [Array(repeating: 1, count: 72)])], time: time,
    calendar: Calendar(.crypto, timeZone: "America/New_York"), frequencyNs: hourNs)
  func bars(_ condition: String) throws -> [Int] {
    try entries(condition, hourly, zoneOffset: newYork)
  }
  // 09:00 in New York is 14:00 UTC before the change and 13:00 after it.
  #expect(try bars("hour == 9") == [14, 24 + 13, 48 + 13])
  // Midnight: at 05:00 UTC twice, the second still before the change, then at 04:00. Two o'clock on Sunday does not exist.
  #expect(try bars("hour == 0") == [5, 24 + 5, 48 + 4])
  #expect(try bars("hour == 2 and weekday == 7") == [])
  #expect(try bars("weekday == 5") == [0, 1, 2, 3, 4])
  #expect(try bars("weekday == 6") == Array(5..<29))
  #expect(try bars("weekday == 7") == Array(29..<52))
  #expect(try bars("weekday == 1") == Array(52..<72))
}

@Test func minutesBeforeTheEpochHaveHoursToo() throws {
  let time = (0..<4).map { -2 * hourNs + Int64($0) * hourNs }
  let hourly = panel(
    [("close", [[1, 1, 1, 1]])], time: time, frequencyNs: hourNs)
  #expect(try entries("hour == 22", hourly) == [0])
  #expect(try entries("hour == 23 and weekday == 3 and month == 12", hourly) == [1])
  #expect(try entries("hour < 2 and weekday == 4 and month == 1", hourly) == [2, 3])
}

@Test func clocksStandWhereHistoryBegins() throws {
  // Seven days a week from a Thursday: with history cut off, Mondays stay where they are, and so do months.
  let daily = panel([("close", [Array(repeating: 1, count: 300)])])
  for start in [0, 3, 130] {
    let mondays = (start..<300).filter { $0 % 7 == 4 }
    #expect(
      try entries("weekday == 1", daily, historyStart: start, tradingFrom: start + 20) == mondays)
  }
}

@Test func everyCountsFromTheFirstTradingBar() throws {
  let daily = panel([("close", [Array(repeating: 1, count: 300)])])
  let found = try entries("every(7)", daily, historyStart: 3, tradingFrom: 150)
  #expect(found == stride(from: 150, to: 300, by: 7).map { $0 })
}
