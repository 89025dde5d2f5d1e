import Expressions
import Market

extension ClockColumns {
  /// The properties of a panel's bar starts that a graph reads.
  ///
  /// Bars of a day or longer are stamped with their exchange day and are read as such; shorter ones in the panel's zone.
  convenience init(graph: ExpressionGraph, panel: PricePanel, zoneOffset: (Int64) -> Int64) {
    let isDaily = panel.frequencyNs >= Calendar.dayNs
    var month = MonthSessions(panel.calendar)
    self.init(graph.clocks, bars: panel.barCount) { clock, bar in
      let ns = panel.time.ns[bar]
      return Self.value(clock, isDaily ? ns : ns + zoneOffset(ns), panel, &month)
    }
  }

  private static func value(
    _ clock: ExpressionGraph.Clock, _ local: Int64, _ panel: PricePanel,
    _ month: inout MonthSessions
  ) -> Double {
    let (quotient, remainder) = local.quotientAndRemainder(dividingBy: Calendar.dayNs)
    let day = remainder < 0 ? quotient - 1 : quotient
    switch clock {
    case .hour: return Double((local - day * Calendar.dayNs) / 3_600_000_000_000)
    case .weekday: return Double(CivilDate.weekday(daysSinceEpoch: day) + 1)
    case .month: return Double(CivilDate(daysSinceEpoch: day).month)
    case .day: return Double(CivilDate(daysSinceEpoch: day).day)
    case .monthSession: return Double(month.place(of: day).from)
    case .monthSessionsLeft: return Double(month.place(of: day).left)
    case .monthEnd: return panel.calendar.isMonthEnd(day: day) ? 1 : 0
    }
  }
}

/// Counts the sessions of the month that was asked for last.
private struct MonthSessions {
  private let calendar: Calendar
  private var month = 0
  private var year = 0
  private var sessions: [Int64] = []

  init(_ calendar: Calendar) { self.calendar = calendar }

  /// Sessions of the month up to a day, and those after it.
  mutating func place(of day: Int64) -> (from: Int, left: Int) {
    let date = CivilDate(daysSinceEpoch: day)
    if date.month != month || date.year != year {
      (month, year) = (date.month, date.year)
      let first = day - Int64(date.day) + 1
      sessions = (first..<first + 31).filter {
        CivilDate(daysSinceEpoch: $0).month == date.month && calendar.isSession(day: $0)
      }
    }
    let from = sessions.prefix { $0 <= day }.count
    return (from, sessions.count - from)
  }
}
