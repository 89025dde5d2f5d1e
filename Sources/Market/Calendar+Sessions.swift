extension Calendar {
  /// Whether the market trades on a day, given in days since 1970-01-01 of the calendar's own zone.
  ///
  /// - Complexity: O(1) for most days, O(log days) for those that the calendar names; 5 to 15 ns.
  public func isSession(day: Int64) -> Bool { rules.isSession(day) }

  /// The first session after a day, both in days since 1970-01-01; a year later if there is none within a year.
  public func nextSession(after day: Int64) -> Int64 {
    var next = day + 1
    while !isSession(day: next) && next < day + 366 { next += 1 }
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

  /// The hours of a day by the clock on the wall, in order; none if it is no session.
  public func hours(day: Int64) -> [TradingHours] { rules.hours(day) }

  /// The hours that the calendar gives a weekday, 0 for Monday, if nothing is different.
  public func usualHours(weekday: Int) -> [TradingHours] { rules.week[weekday] }

  /// Whether a day has other hours than its weekday.
  public func hasUnusualHours(day: Int64) -> Bool {
    rules.hours(day) != rules.week[CivilDate.weekday(daysSinceEpoch: day)]
  }

  /// The hours of some days as instants, in order.
  ///
  /// - Parameters:
  ///   - days: days since 1970-01-01; those beyond 64 bits of nanoseconds are left out.
  ///   - zone: the rules of `timeZone`.
  public func sessions(days: ClosedRange<Int64>, zone: ZoneRules) -> [SessionRange] {
    var ranges: [SessionRange] = []
    // Days at the ends of what nanoseconds reach would overflow with their hours.
    let days = days.clamped(to: -106_700...106_700)
    for day in days {
      for part in rules.hours(day) {
        ranges.append(
          SessionRange(
            day: day, kind: part.kind,
            opens: zone.firstInstant(wall: day * Self.dayNs + part.opensNs),
            closes: zone.firstInstant(wall: day * Self.dayNs + part.closesNs)))
      }
    }
    return ranges
  }
}
