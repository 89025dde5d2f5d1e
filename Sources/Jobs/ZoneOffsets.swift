import Interchange
import Market

/// What to add to UTC in the zone of a panel.
///
/// Bars of a day or longer are stamped with their exchange day and need nothing.
final class ZoneOffsets {
  /// Whether an offset was asked for that this system does not know.
  private(set) var wasMissed = false
  private let isNeeded: Bool
  private let name: String
  // Read when first needed, as few strategies ask for the hour.
  private lazy var rules = ZoneRules.named(name)

  init(_ panel: PricePanel) {
    name = panel.calendar.timeZone
    isNeeded = panel.frequencyNs < Calendar.dayNs
  }

  /// The rules of a panel's zone; nil where none are needed, or this system doesn't know them.
  static func rules(of panel: PricePanel) -> ZoneRules? {
    panel.frequencyNs < Calendar.dayNs ? ZoneRules.named(panel.calendar.timeZone) : nil
  }

  /// Nanoseconds to add to an instant.
  func offset(at ns: Int64) -> Int64 {
    guard isNeeded else { return 0 }
    guard let rules else {
      wasMissed = true
      return 0
    }
    return rules.offset(at: ns)
  }
}
