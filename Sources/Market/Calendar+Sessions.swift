extension Calendar {
  /// Whether the market trades on a day, given in days since 1970-01-01 of the calendar's own zone.
  ///
  /// US equities follow the holiday rules of the New York Stock Exchange as they stand since 1990, with
  /// Martin Luther King Day from 1998 and Juneteenth from 2022, and the closures that no rule gives. Before
  /// 1990 the same rules are applied and are only roughly right.
  ///
  /// - Complexity: O(1); about 10 ns.
  /// - Source: NYSE rule 7.2 and the exchange's published holidays.
  public func isSession(day: Int64) -> Bool {
    switch kind {
    case .crypto: true
    case .usEquity:
      CivilDate.weekday(daysSinceEpoch: day) < 5 && !NewYorkHolidays.isClosed(weekday: day)
    }
  }

  /// The first session after a day, both in days since 1970-01-01.
  public func nextSession(after day: Int64) -> Int64 {
    var next = day + 1
    // Closures last a few days; every week has a session.
    while !isSession(day: next) { next += 1 }
    return next
  }

  /// Whether the next session falls in another month.
  ///
  /// On a day that is no session the answer is about the next one all the same.
  public func isMonthEnd(day: Int64) -> Bool {
    let here = CivilDate(daysSinceEpoch: day)
    let next = CivilDate(daysSinceEpoch: nextSession(after: day))
    return here.month != next.month || here.year != next.year
  }
}

/// The days on which New York rests.
private enum NewYorkHolidays {
  /// Whether the exchange is closed on a day from Monday to Friday.
  static func isClosed(weekday day: Int64) -> Bool {
    let date = CivilDate(daysSinceEpoch: day)
    let weekday = date.weekday
    if isObserved(date, weekday) { return true }
    return special.contains(day) || day == goodFriday(of: date.year)
  }

  /// Holidays by rule, all but Good Friday.
  private static func isObserved(_ date: CivilDate, _ weekday: Int) -> Bool {
    let isMonday = weekday == 0
    return switch date.month {
    case 1:
      // On a Saturday, New Year's Day is not moved: the Friday before belongs to the old year's books.
      date.day == 1 || (date.day == 2 && isMonday)
        || (isMonday && (15...21).contains(date.day) && date.year >= 1998)
    case 2: isMonday && (15...21).contains(date.day)
    case 5: isMonday && date.day >= 25
    case 6: date.year >= 2022 && isMoved(19, date, weekday)
    case 7: isMoved(4, date, weekday)
    case 9: isMonday && date.day <= 7
    case 11: weekday == 3 && (22...28).contains(date.day)
    case 12: isMoved(25, date, weekday)
    default: false
    }
  }

  /// Whether a holiday of fixed date is kept on this weekday: a Saturday's on Friday, a Sunday's on Monday.
  private static func isMoved(_ day: Int, _ date: CivilDate, _ weekday: Int) -> Bool {
    date.day == day || (date.day == day - 1 && weekday == 4)
      || (date.day == day + 1 && weekday == 0)
  }

  /// Two days before Easter Sunday, by the Gregorian computus as New Scientist gave it on 30 March 1961.
  private static func goodFriday(of year: Int) -> Int64 {
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
    return (CivilDate(year: year, month: month, day: day)?.daysSinceEpoch ?? 0) - 2
  }

  /// Closures that no rule gives: mourning, terror and storm.
  private static let special: Set<Int64> = Set(
    [
      (1994, 4, 27),  // funeral of President Nixon
      (2001, 9, 11), (2001, 9, 12), (2001, 9, 13), (2001, 9, 14),  // attack on New York
      (2004, 6, 11),  // funeral of President Reagan
      (2007, 1, 2),  // mourning for President Ford
      (2012, 10, 29), (2012, 10, 30),  // hurricane Sandy
      (2018, 12, 5),  // mourning for President G. H. W. Bush
      (2025, 1, 9),  // mourning for President Carter
    ].compactMap { CivilDate(year: $0.0, month: $0.1, day: $0.2)?.daysSinceEpoch })
}
