import Market
import Testing

@Suite struct CivilDateTests {
  /// Walks the calendar day by day, by the rule that a school child knows.
  @Test func everyDayOfSevenCenturiesFollowsTheOneBefore() throws {
    var (year, month, day) = (1600, 1, 1)
    var weekday = 5  // 1600-01-01 was a Saturday.
    let first = try #require(CivilDate(year: 1600, month: 1, day: 1)).daysSinceEpoch
    for distance in first..<first + 255_670 {
      let date = CivilDate(daysSinceEpoch: distance)
      let isRight =
        date.year == year && date.month == month && date.day == day && date.weekday == weekday
        && date.daysSinceEpoch == distance
      guard isRight else {
        Issue.record("day \(distance) is \(date), not \(year)-\(month)-\(day)")
        return
      }
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      weekday = (weekday + 1) % 7
      day += 1
      if day > lengths[month - 1] { (day, month) = (1, month + 1) }
      if month > 12 { (month, year) = (1, year + 1) }
    }
    #expect(year == 2300)
  }

  @Test(arguments: [(2023, 2, 29), (1900, 2, 29), (2024, 13, 1), (2024, 0, 1), (2024, 4, 31)])
  func daysThatDoNotExistAreRefused(year: Int, month: Int, day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test func epochIsAThursday() {
    #expect(CivilDate(daysSinceEpoch: 0).description == "1970-01-01")
    #expect(CivilDate(daysSinceEpoch: 0).weekday == 3)
    #expect(CivilDate(daysSinceEpoch: -1) < CivilDate(daysSinceEpoch: 0))
  }
}
