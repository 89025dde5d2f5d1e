import Market
import Simulation

/// Which day, week, month, quarter or year a panel's bars belong to, on the wall of its zone.
struct Periods {
  private let panel: PricePanel
  private let zone: ZoneOffsets

  init(_ panel: PricePanel, _ zone: ZoneOffsets) {
    self.panel = panel
    self.zone = zone
  }

  /// A number that bars of the same period share; nil for schedules that count bars.
  func period(of bar: Int, _ schedule: Rebalance.Schedule) -> Int? {
    let ns = panel.time.ns[bar]
    let day = Timestamp.split(ns + zone.offset(at: ns)).day
    switch schedule {
    case .bars: return nil
    case .day: return Int(day)
    // 1970-01-01 was a Thursday.
    case .week: return Int((day + 3 - (((day + 3) % 7) + 7) % 7) / 7)
    case .month, .quarter, .year:
      let date = CivilDate(daysSinceEpoch: day)
      switch schedule {
      case .month: return date.year * 12 + date.month - 1
      case .quarter: return date.year * 4 + (date.month - 1) / 3
      default: return date.year
      }
    }
  }

  /// The flows of a wallet by bar of a window.
  ///
  /// - Throws: `SpecError` for a date outside the window.
  func flows(_ wallet: Spec.Wallet, path: String, window: Range<Int>) throws(SpecError)
    -> [CashFlow]
  {
    var flows: [CashFlow] = []
    let (first, last) = (panel.time.ns[window.lowerBound], panel.time.ns[window.upperBound - 1])
    for (index, flow) in wallet.flows.enumerated() {
      switch flow.moment {
      case .at(let instant):
        let bar = panel.time.firstBar(atOrAfter: instant)
        guard bar < window.upperBound, bar > window.lowerBound || instant >= first else {
          throw .value(
            path: "\(path).flows[\(index)].date", line: 0,
            found: Timestamp.text(nanoseconds: instant),
            expected: "a date of the run, \(Timestamp.text(nanoseconds: first)) to "
              + Timestamp.text(nanoseconds: last))
        }
        flows.append(CashFlow(bar: bar - window.lowerBound, amount: flow.amount))
      case .every(let schedule):
        for bar in window.dropFirst() {
          let ns = panel.time.ns[bar]
          if ns < flow.from ?? .min || ns > flow.to ?? .max { continue }
          if isFirst(bar, of: schedule, window) {
            flows.append(CashFlow(bar: bar - window.lowerBound, amount: flow.amount))
          }
        }
      }
    }
    return flows.sorted { $0.bar < $1.bar }
  }

  private func isFirst(_ bar: Int, of schedule: Rebalance.Schedule, _ window: Range<Int>) -> Bool {
    if case .bars(let count) = schedule { return (bar - window.lowerBound) % count == 0 }
    return period(of: bar, schedule) != period(of: bar - 1, schedule)
  }
}
