import FoundationEssentials
// Without it TimeZone knows no zone but GMT.
import FoundationInternationalization
import Market

/// What to add to UTC in the zone of a panel.
///
/// Bars of a day or longer are stamped with their exchange day and need nothing.
final class ZoneOffsets {
  /// Whether an offset was asked for that this system does not know.
  private(set) var wasMissed = false
  private let zone: TimeZone?
  private let isNeeded: Bool
  private var quarter = Int64.min
  private var last: Int64 = 0

  // Zones change their offset at whole quarters of an hour only.
  private static let quarterNs: Int64 = 900_000_000_000

  init(_ panel: PricePanel) {
    isNeeded = panel.frequencyNs < Calendar.dayNs && panel.calendar.timeZone != "UTC"
    zone = isNeeded ? TimeZone(identifier: panel.calendar.timeZone) : nil
  }

  /// Nanoseconds to add to an instant.
  func offset(at ns: Int64) -> Int64 {
    guard isNeeded else { return 0 }
    guard let zone else {
      wasMissed = true
      return 0
    }
    let (quotient, remainder) = ns.quotientAndRemainder(dividingBy: Self.quarterNs)
    let current = remainder < 0 ? quotient - 1 : quotient
    if current != quarter {
      quarter = current
      let date = Date(timeIntervalSince1970: Double(ns) / 1e9)
      last = Int64(zone.secondsFromGMT(for: date)) * 1_000_000_000
    }
    return last
  }
}
