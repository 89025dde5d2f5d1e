import HDF5
import Market

/// A value that a store and a file disagree on.
public struct PanelConflict: Sendable, Equatable {
  /// The symbol.
  public var symbol: String
  /// Start of the bar, nanoseconds UTC.
  public var timeNs: Int64
  /// The field.
  public var field: String
  /// What is stored.
  public var old: Double
  /// What the file says.
  public var new: Double

  /// A value that is stored as `old` and said to be `new`.
  public init(symbol: String, timeNs: Int64, field: String, old: Double, new: Double) {
    self.symbol = symbol
    self.timeNs = timeNs
    self.field = field
    self.old = old
    self.new = new
  }
}

/// A stored value that was replaced by another.
public struct Revision: Sendable, Equatable {
  /// The panel.
  public var panel: String
  /// Which value, what it was and what it is since.
  public var value: PanelConflict
  /// The file that it came from, as the user gave it.
  public var file: String
  /// When, in UTC.
  public var revisedUTC: String
}

extension Group {
  /// Writes a column of texts of which few are different, each stored once.
  fileprivate func writeRepeated(
    _ name: String, _ texts: [String], along scale: borrowing Dataset
  ) throws(HDF5Error) {
    var shared = SharedTexts()
    var known: [String: Int32] = [:]
    var places: [Int32] = []
    for text in texts {
      let place = known[text] ?? shared.append(text)
      known[text] = place
      places.append(place)
    }
    let column = try createTextDataset(name, shape: [texts.count])
    try column.write(places, of: &shared, at: 0)
    try column.attach(scale, dimension: 0)
  }
}

extension Revision {
  /// Writes the table of revisions.
  static func write(_ rows: [Revision], in group: borrowing Group) throws(HDF5Error) {
    let scale = try group.writeRows(rows.count)
    try group.writeRepeated("panel", rows.map(\.panel), along: scale)
    try group.writeRepeated("symbol", rows.map(\.value.symbol), along: scale)
    let time = try group.write("time", rows.map(\.value.timeNs))
    try time.setAttribute("units", "nanoseconds since 1970-01-01")
    try time.attach(scale, dimension: 0)
    try group.writeRepeated("field", rows.map(\.value.field), along: scale)
    try group.writeColumn("old", rows.map(\.value.old), along: scale)
    try group.writeColumn("new", rows.map(\.value.new), along: scale)
    try group.writeRepeated("file", rows.map(\.file), along: scale)
    try group.writeRepeated("revised_utc", rows.map(\.revisedUTC), along: scale)
    try group.setAttribute("content_sha256", ContentHash.revisions(rows))
  }

  /// Reads the table of revisions.
  static func read(_ group: borrowing Group, _ part: PartReader) throws(StorageError) -> [Revision]
  {
    let times = try part.numbers(group, "time", nil, of: Int64.self)
    let count = times.count
    let panels = try part.texts(group, "panel", count)
    let symbols = try part.texts(group, "symbol", count)
    let fields = try part.texts(group, "field", count)
    let old = try part.numbers(group, "old", count, of: Double.self)
    let new = try part.numbers(group, "new", count, of: Double.self)
    let files = try part.texts(group, "file", count)
    let moments = try part.texts(group, "revised_utc", count)
    return times.indices.map { i in
      Revision(
        panel: panels[i],
        value: PanelConflict(
          symbol: symbols[i], timeNs: times[i], field: fields[i], old: old[i], new: new[i]),
        file: files[i], revisedUTC: moments[i])
    }
  }
}

extension ContentHash {
  /// Hash of the table of revisions: the text `apus-revisions-1`, then its columns from `panel` to `revised_utc`.
  static func revisions(_ rows: [Revision]) -> String {
    var hash = SHA256()
    hash.add("apus-revisions-1")
    hash.add(rows.map(\.panel))
    hash.add(rows.map(\.value.symbol))
    hash.add(rows.map(\.value.timeNs))
    hash.add(rows.map(\.value.field))
    hash.add(rows.map(\.value.old))
    hash.add(rows.map(\.value.new))
    hash.add(rows.map(\.file))
    hash.add(rows.map(\.revisedUTC))
    return hash.hexDigest()
  }

  /// Hash of the table of rows that were kept out: the text `apus-quarantine-1`, then panel, file, line, column, text
  /// and reason.
  static func quarantine(_ rows: [(panel: String, row: QuarantinedRow)]) -> String {
    var hash = SHA256()
    hash.add("apus-quarantine-1")
    hash.add(rows.map(\.panel))
    hash.add(rows.map(\.row.file))
    hash.add(rows.map { Int64($0.row.line) })
    hash.add(rows.map(\.row.column))
    hash.add(rows.map(\.row.text))
    hash.add(rows.map(\.row.reason))
    return hash.hexDigest()
  }
}
