/// Which of the built-in calendars bars seem to follow, by when they start.
public enum CalendarGuess {
  private static let hourNs: Int64 = 3_600_000_000_000

  /// `crypto`, `fx` or `us_equity`.
  ///
  /// Times are read as UTC. A bar in twenty or more on Saturday: `crypto`. Else, for bars shorter than a day, any after
  /// Sunday noon, when currencies begin in New York: `fx`. Else `us_equity`. After hours on Friday in New York reach
  /// into Saturday in UTC, so its first two hours don't count for bars shorter than a day. One stray bar in a long
  /// series changes nothing; `apus inspect --gaps` shows it.
  public static func calendar(_ times: [Int64], frequency: Frequency) -> Calendar {
    var saturdays = 0
    var sundays = 0
    for ns in times {
      let (day, inDay) = Timestamp.split(ns)
      switch CivilDate.weekday(daysSinceEpoch: day) {
      case 5 where !frequency.isIntraday || inDay > 2 * hourNs: saturdays += 1
      case 6 where !frequency.isIntraday || inDay >= 12 * hourNs: sundays += 1
      default: break
      }
    }
    if saturdays * 20 >= times.count && saturdays > 0 { return .crypto }
    // Weekly and monthly bars are stamped on Sundays by anyone, daily ones by those that trade then.
    if sundays > 0 && frequency.ns < Frequency.week.ns && sundays * 200 >= times.count {
      return .fx
    }
    if sundays * 20 >= times.count && sundays > 0 { return .crypto }
    return .usEquity
  }
}
