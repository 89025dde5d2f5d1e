import Expressions
import Market

extension ClockColumns {
  /// The properties of a panel's bar starts that a graph reads.
  ///
  /// Bars of a day or longer are stamped with their exchange day and are read as such; shorter ones in the panel's zone.
  convenience init(graph: ExpressionGraph, panel: PricePanel, zoneOffset: (Int64) -> Int64) {
    let isDaily = panel.frequencyNs >= Calendar.dayNs
    self.init(graph.clocks, bars: panel.barCount) { clock, bar in
      let ns = panel.time.ns[bar]
      return Self.value(clock, isDaily ? ns : ns + zoneOffset(ns), panel)
    }
  }

  private static func value(_ clock: ExpressionGraph.Clock, _ local: Int64, _ panel: PricePanel)
    -> Double
  {
    let (quotient, remainder) = local.quotientAndRemainder(dividingBy: Calendar.dayNs)
    let day = remainder < 0 ? quotient - 1 : quotient
    switch clock {
    case .hour: return Double((local - day * Calendar.dayNs) / 3_600_000_000_000)
    case .weekday: return Double(CivilDate.weekday(daysSinceEpoch: day) + 1)
    case .month: return Double(CivilDate(daysSinceEpoch: day).month)
    case .monthEnd: return panel.calendar.isMonthEnd(day: day) ? 1 : 0
    }
  }
}
