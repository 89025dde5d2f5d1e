import HDF5
import Market

/// The calendars of the user's own that a file carries, so that it needs no other.
struct StoredCalendars {
  private let definitions: [String: String]
  private let path: String

  /// Reads the group `calendars`, which few files have.
  init(_ root: borrowing Group, _ part: PartReader) throws(StorageError) {
    path = part.path
    guard root.kind(of: "calendars") != nil else {
      definitions = [:]
      return
    }
    let group = try part.group(root, "calendars")
    var found: [String: String] = [:]
    for name in try reading(part.path, { () throws(HDF5Error) in try group.names() }) {
      found[name] = try part.texts(group, name, 1)[0]
    }
    definitions = found
  }

  /// The calendar that a panel names, one of the file's own or one that Apus brings along.
  func calendar(_ name: String, zone: String?, _ panel: String) throws(StorageError) -> Calendar {
    if let text = definitions[name] {
      do throws(MarketError) {
        let calendar = try Calendar(parsing: text, timeZone: zone)
        if calendar.name == name { return calendar }
        throw .invalidCalendar(line: 0, reason: "it calls itself '\(calendar.name)'")
      } catch {
        throw .damaged(path: path, part: "calendars/\(name)", reason: "\(error)")
      }
    }
    guard let kind = Calendar.Kind(rawValue: name) else {
      throw .damaged(
        path: path, part: panel + "@calendar", reason: "no calendar is called '\(name)'")
    }
    return Calendar(kind, timeZone: zone)
  }
}

extension PriceStore {
  /// Names and definitions of the calendars that panels have and Apus does not bring along, by name.
  static func ownCalendars(_ panels: [PanelInfo]) throws(StorageError) -> [(
    name: String, definition: String
  )] {
    var found: [String: String] = [:]
    for panel in panels where !panel.calendar.isBuiltIn {
      let (name, text) = (panel.calendar.name, panel.calendar.definition)
      guard found[name] == nil || found[name] == text else {
        throw .invalidContent(
          part: "panel '\(panel.name)'",
          reason:
            "another panel of the store has another calendar '\(name)'; give one of them an other name"
        )
      }
      found[name] = text
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Writes definitions, if there are any.
  static func writeCalendars(
    _ calendars: [(name: String, definition: String)], in root: borrowing Group
  ) throws(HDF5Error) {
    if calendars.isEmpty { return }
    let group = try root.createGroup("calendars")
    for (name, definition) in calendars { _ = try group.write(name, [definition]) }
  }
}

extension ContentHash {
  /// Adds a definition that a file carries; calendars of Apus are known by name.
  static func addDefinition(of calendar: Calendar, to hash: inout SHA256) {
    if calendar.isBuiltIn { return }
    hash.add("apus-calendar-1")
    hash.add(calendar.definition)
  }
}
