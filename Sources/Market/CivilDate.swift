/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Sendable, Hashable, Comparable {
  /// Year; 0 is 1 BC.
  public let year: Int
  /// Month, 1 to 12.
  public let month: Int
  /// Day of the month, from 1.
  public let day: Int

  /// A day by its numbers; nil if the month has no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
      (-1_000_000...1_000_000).contains(year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// A day by its distance from 1970-01-01.
  ///
  /// Source: Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `civil_from_days`.
  public init(daysSinceEpoch: Int64) {
    // Years start in March here, so that the leap day is the last of its year.
    let shifted = Int(daysSinceEpoch) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  ///
  /// Source: `days_from_civil`, as above.
  public var daysSinceEpoch: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468)
  }

  /// Day of the week: 0 is Monday, 6 is Sunday.
  public var weekday: Int { Self.weekday(daysSinceEpoch: daysSinceEpoch) }

  /// Day of the week of a day by its distance from 1970-01-01, a Thursday: 0 is Monday, 6 is Sunday.
  public static func weekday(daysSinceEpoch: Int64) -> Int {
    let remainder = Int((daysSinceEpoch + 3) % 7)
    return remainder < 0 ? remainder + 7 : remainder
  }

  /// Number of days in a month.
  ///
  /// Traps unless `month` is 1 to 12.
  public static func days(inMonth month: Int, of year: Int) -> Int {
    precondition((1...12).contains(month), "month \(month)")
    if month == 2 { return isLeap(year) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  /// Whether a year has 366 days.
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// Order in time.
  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}

extension CivilDate: CustomStringConvertible {
  /// The date as `YYYY-MM-DD`.
  public var description: String {
    let sign = year < 0 ? "-" : ""
    return sign + digits(abs(year), 4) + "-" + digits(month, 2) + "-" + digits(day, 2)
  }
}

/// A number with leading zeros.
func digits(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}
