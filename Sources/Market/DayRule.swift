/// A day that comes once a year, as a line of a calendar file gives it.
///
///     01-01 sunday-to-monday · 3rd monday of january · last monday of may · easter -2 · 12-24 if mon-thu from 1993
struct DayRule: Sendable, Equatable {
  enum Base: Sendable, Equatable {
    case fixed(month: Int, day: Int)
    /// The n-th weekday (0 is Monday) of a month; the last for n = 0.
    case nth(Int, weekday: Int, month: Int)
    case easter
  }

  enum Move: String, Sendable, CaseIterable {
    case none = ""
    /// From Saturday to Friday and from Sunday to Monday.
    case observed
    case sundayToMonday = "sunday-to-monday"
    case weekendToMonday = "weekend-to-monday"
  }

  var base: Base
  var shift = 0
  var move = Move.none
  /// Weekdays on which it counts, after all moves.
  var weekdays: Set<Int>?
  var years = 1...9999

  /// The day in a year, in days since 1970-01-01; nil if there is none.
  func day(in year: Int) -> Int64? {
    guard years.contains(year), var day = baseDay(year) else { return nil }
    day += Int64(shift)
    switch (move, CivilDate.weekday(daysSinceEpoch: day)) {
    case (.observed, 5): day -= 1
    case (.observed, 6), (.sundayToMonday, 6), (.weekendToMonday, 6): day += 1
    case (.weekendToMonday, 5): day += 2
    default: break
    }
    if let weekdays, !weekdays.contains(CivilDate.weekday(daysSinceEpoch: day)) { return nil }
    return day
  }

  private func baseDay(_ year: Int) -> Int64? {
    switch base {
    case .fixed(let month, let day):
      return CivilDate(year: year, month: month, day: day)?.daysSinceEpoch
    case .nth(0, let weekday, let month):
      let length = CivilDate.days(inMonth: month, of: year)
      guard let last = CivilDate(year: year, month: month, day: length)?.daysSinceEpoch else {
        return nil
      }
      return last - Int64((CivilDate.weekday(daysSinceEpoch: last) - weekday + 7) % 7)
    case .nth(let count, let weekday, let month):
      guard let first = CivilDate(year: year, month: month, day: 1)?.daysSinceEpoch else {
        return nil
      }
      let step = (weekday - CivilDate.weekday(daysSinceEpoch: first) + 7) % 7 + 7 * (count - 1)
      return step < CivilDate.days(inMonth: month, of: year) ? first + Int64(step) : nil
    case .easter: return Self.easter(of: year)
    }
  }

  /// Easter Sunday, by the Gregorian computus as New Scientist gave it on 30 March 1961.
  private static func easter(of year: Int) -> Int64? {
    let a = year % 19
    let (b, c) = (year / 100, year % 100)
    let (d, e) = (b / 4, b % 4)
    let g = (8 * b + 13) / 25
    let h = (19 * a + b - d - g + 15) % 30
    let (i, k) = (c / 4, c % 4)
    let l = (32 + 2 * e + 2 * i - h - k) % 7
    let m = (a + 11 * h + 19 * l) / 433
    let month = (h + l - 7 * m + 90) / 25
    let day = (h + l - 7 * m + 33 * month + 19) % 32
    return CivilDate(year: year, month: month, day: day)?.daysSinceEpoch
  }
}
