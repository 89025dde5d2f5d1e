import Interchange
import Market
import Storage

/// The instants at which the exchange days of a panel begin.
struct DayStarts {
  private let rules: ZoneRules

  /// In UTC where this system does not know the zone.
  init(_ info: PanelInfo) {
    // The rules of a zone take a while to read, and bars of a day don't need them.
    rules =
      info.frequencyNs < Calendar.dayNs ? ZoneRules.named(info.calendar.timeZone) ?? .utc : .utc
  }

  /// The start of the day whose 00:00 UTC is given; where the clock skips midnight, what it shows instead.
  func start(of midnight: Int64) -> Int64 {
    switch rules.instant(wall: midnight) {
    case .once(let instant), .twice(let instant, _): instant
    case .never: midnight - rules.offset(at: midnight - Calendar.dayNs)
    }
  }
}
