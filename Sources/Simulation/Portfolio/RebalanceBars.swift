import Market

/// The bars of a window at whose close weights are looked at, the same for all portfolios of a run.
public struct RebalanceBars: Sendable, Equatable {
  /// Bars of the window, ascending.
  public let bars: [Int]

  /// Finds the bars.
  ///
  /// The end of a period is known from the calendar: no bar depends on a later one. A bar ends its period if the next bar that
  /// the calendar has lies in another. If the last session of a period has no bar, the first bar of the next period takes its place.
  ///
  /// - Parameters:
  ///   - window: bars of the panel; the bar before the window tells whether its first one begins a period.
  ///   - zone: the rules of the calendar's zone; bars of a day or longer go by their stamp.
  /// - Precondition: a number of bars is at least 1.
  public init(_ rebalance: Rebalance, panel: PricePanel, window: Range<Int>, zone: ZoneRules) {
    if case .bars(let step) = rebalance.every {
      precondition(step > 0, "a rebalance every \(step) bars")
      bars = Array(stride(from: 0, to: window.count, by: step))
      return
    }
    let clock = PeriodClock(panel: panel, zone: zone, schedule: rebalance.every)
    var found: [Int] = []
    var before = window.lowerBound > 0 ? clock.place(of: window.lowerBound - 1) : nil
    for bar in window {
      let here = clock.place(of: bar)
      let begins = before.map { $0.period != here.period } ?? false
      let wasDone = before.map { $0.period != $0.nextPeriod } ?? true
      let isLast = here.period != here.nextPeriod
      switch rebalance.moment {
      case .start: if begins { found.append(bar - window.lowerBound) }
      case .end:
        // Bars after the close of a period's last session belong to it too, and it has ended before.
        if begins && !wasDone || isLast && (begins || !wasDone || before == nil) {
          found.append(bar - window.lowerBound)
        }
      }
      before = here
    }
    bars = found
  }
}

/// Tells the period of a bar, and of the bar that the calendar has next.
private struct PeriodClock {
  let panel: PricePanel
  let zone: ZoneRules
  let schedule: Rebalance.Schedule
  private let frequency: Frequency

  init(panel: PricePanel, zone: ZoneRules, schedule: Rebalance.Schedule) {
    self.panel = panel
    self.zone = zone
    self.schedule = schedule
    frequency = Frequency(ns: panel.frequencyNs)
  }

  func place(of bar: Int) -> (period: Int64, nextPeriod: Int64) {
    let ns = panel.time.ns[bar]
    var (day, rest) = Timestamp.split(ns &+ (frequency.isIntraday ? zone.offset(at: ns) : 0))
    if frequency.isIntraday, let opens = regular(day + 1).first?.opensNs,
      rest - Calendar.dayNs >= opens
    {
      // A session that opens on the evening before.
      (day, rest) = (day + 1, rest - Calendar.dayNs)
    }
    return (period(day), period(nextDay(after: day, rest)))
  }

  private func regular(_ day: Int64) -> [TradingHours] {
    panel.calendar.hours(day: day).filter { $0.kind == .regular }
  }

  private func nextDay(after day: Int64, _ timeOfDayNs: Int64) -> Int64 {
    if frequency == .day { return panel.calendar.nextSession(after: day) }
    if let months = frequency.months {
      let date = CivilDate(daysSinceEpoch: day)
      let month = date.year * 12 + date.month - 1 + months
      let next = CivilDate(year: month / 12, month: month % 12 + 1, day: 1)
      return next?.daysSinceEpoch ?? day
    }
    if !frequency.isIntraday { return day + max(1, frequency.ns / Calendar.dayNs) }
    let ends = timeOfDayNs + frequency.ns
    let closes = regular(day).last?.closesNs ?? Calendar.dayNs
    if ends >= closes { return panel.calendar.nextSession(after: day) }
    return day
  }

  private func period(_ day: Int64) -> Int64 {
    switch schedule {
    case .bars, .day: return day
    case .week: return day - Int64(CivilDate.weekday(daysSinceEpoch: day))
    case .month, .quarter, .year:
      let date = CivilDate(daysSinceEpoch: day)
      let months = schedule == .month ? 1 : schedule == .quarter ? 3 : 12
      return Int64(date.year * (12 / months) + (date.month - 1) / months)
    }
  }
}
