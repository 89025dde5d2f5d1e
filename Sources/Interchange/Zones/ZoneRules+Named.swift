import FoundationEssentials
// Without it TimeZone knows no zone but GMT.
import FoundationInternationalization
import Market
import Synchronization

extension ZoneRules {
  /// The rules of a zone by its IANA name, from 1678 to 2261; nil for a name that this system does not know.
  ///
  /// Offsets are found to the second. A change that is taken back within a week is not seen; no zone has one.
  public static func named(_ name: String) -> ZoneRules? {
    if name == "UTC" { return .utc }
    if let known = cache.withLock({ $0[name] }) { return known }
    guard let zone = TimeZone(identifier: name) else { return nil }
    let rules = scan(zone, name)
    cache.withLock { $0[name] = rules }
    return rules
  }

  /// All names, in alphabetical order, for suggestions.
  public static var knownNames: [String] { TimeZone.knownTimeZoneIdentifiers.sorted() }

  private static let cache = Mutex<[String: ZoneRules]>([:])

  private static func scan(_ zone: TimeZone, _ name: String) -> ZoneRules {
    func offset(_ seconds: Int64) -> Int64 {
      Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
    let week: Int64 = 7 * 86_400
    var at: Int64 = -9_214_560_000
    let end: Int64 = 9_214_560_000
    var changes: [Int64] = []
    var offsets = [offset(at)]
    while at < end {
      let next = offset(at + week)
      if next != offsets[offsets.count - 1] {
        var (before, after) = (at, at + week)
        while after - before > 1 {
          let middle = (before + after) / 2
          if offset(middle) == next { after = middle } else { before = middle }
        }
        changes.append(after)
        offsets.append(next)
      }
      at += week
    }
    let second: Int64 = 1_000_000_000
    return ZoneRules(
      name: name, changes: changes.map { $0 * second }, offsets: offsets.map { $0 * second })
  }
}
