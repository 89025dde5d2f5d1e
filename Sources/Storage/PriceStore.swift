import Glibc
import HDF5
import Kernels
import Market

/// A file of panels, or a folder of such files: where prices live.
///
///     prices.h5                    apus_format = "prices", apus_version = 1, created_utc, content_sha256
///     ├─ symbols/                  one row a symbol, over all panels
///     │    symbol name sector industry exchange currency     text [S]; symbol is the scale
///     │    lot tick                                          float64 [S], NaN = unknown
///     ├─ actions/                  row · symbol int32 · time int64 · kind text · value, factor float64   [A]
///     ├─ quarantine/               row · panel file column text reason text · line int64         [Q]
///     └─ panels/<name>/            calendar, frequency_ns, time_zone, negative_prices, content_sha256, [adjusted]
///          time int64 [T] · symbol text [N]                  the two scales
///          <field> float64 [T, N]                            contiguous, unfiltered, NaN = missing
///          first last int64 [N]                              lifetimes; −1 for a symbol without any value
///
/// `content_sha256` of a panel and of the file are made by `ContentHash`. Files of a folder follow each other
/// in time by the order of their names, and have the same panels, symbols and fields.
public struct PriceStore: Sendable {
  /// Version of the format that is written, and the last that is read.
  public static let version = 1

  /// Path of the file or folder.
  public let path: String
  /// When it was written, in UTC; of a folder, when its last file was.
  public let createdUTC: String
  /// SHA-256 of all panels, symbols and actions, in hexadecimal; of a folder, of the hashes of its files.
  public let contentHash: String
  /// The panels, in file order.
  public let panels: [PanelInfo]
  /// The symbols over all panels.
  public let symbols: SymbolTable
  /// Splits, dividends, renames and delistings, with places in `symbols`.
  public let actions: CorporateActions
  /// Number of rows that were kept out of the panels.
  public let quarantineCount: Int
  /// The files, in time order.
  let files: [PriceFile]

  /// Opens a store: reads everything but the fields.
  public static func open(_ path: String) throws(StorageError) -> PriceStore {
    if let names = try filesOfFolder(path) {
      var files: [PriceFile] = []
      for name in names { files.append(try PriceFile(path: name)) }
      return try PriceStore(folder: path, files: files)
    }
    let file = try PriceFile(path: path)
    return PriceStore(
      path: path, createdUTC: file.createdUTC, contentHash: file.contentHash, panels: file.panels,
      symbols: file.symbols, actions: file.actions, quarantineCount: file.quarantineCount,
      files: [file])
  }

  init(
    path: String, createdUTC: String, contentHash: String, panels: [PanelInfo],
    symbols: SymbolTable, actions: CorporateActions, quarantineCount: Int, files: [PriceFile]
  ) {
    self.path = path
    self.createdUTC = createdUTC
    self.contentHash = contentHash
    self.panels = panels
    self.symbols = symbols
    self.actions = actions
    self.quarantineCount = quarantineCount
    self.files = files
  }

  /// What is known of a panel.
  public func info(_ panel: String) throws(StorageError) -> PanelInfo {
    if let info = panels.first(where: { $0.name == panel }) { return info }
    let names = panels.map(\.name)
    throw .panelMissing(
      panel: panel, path: path, available: names, nearest: nearestName(to: panel, among: names))
  }

  /// Loads a panel, memory-mapped where its layout allows it.
  ///
  /// - Parameters:
  ///   - name: which panel.
  ///   - fields: which fields, in which order; nil for all, in file order.
  ///   - verifyHash: whether to hash the content and compare: slower by far than mapping. The whole panel is
  ///     hashed, whichever fields are asked for.
  /// - Throws: `panelMissing`, `fieldMissing`, `shapeMismatch`, `truncated`, `damaged`, `hashMismatch`.
  public func loadPanel(_ name: String, fields: [String]? = nil, verifyHash: Bool = false)
    throws(StorageError) -> PricePanel
  {
    let info = try info(name)
    for field in fields ?? [] where !info.fields.contains(field) {
      throw .fieldMissing(field: field, panel: name, path: path, available: info.fields)
    }
    if verifyHash { for file in files { try file.verify(name) } }
    let wanted = fields ?? info.fields
    var parts: [StoredPanel] = []
    for file in files { parts.append(try file.load(name, fields: wanted)) }
    let whole = try parts.count == 1 ? parts[0] : joined(parts, info)
    return PricePanel(
      name: name, time: TimeAxis(ns: whole.timeNs), symbols: table(of: whole.info.symbols),
      calendar: info.calendar, frequencyNs: info.frequencyNs, fields: wanted,
      lifetimes: whole.info.lifetimes, contentHash: whole.info.contentHash, storage: whole.storage)
  }

  /// Number of missing values by field, over all bars and symbols of a panel; reads the whole panel.
  public func missingCounts(_ panel: String) throws(StorageError) -> [(field: String, count: Int)] {
    let info = try info(panel)
    var counts = [Int](repeating: 0, count: info.fields.count)
    for file in files {
      let stored = try file.load(panel, fields: info.fields)
      for index in info.fields.indices {
        counts[index] += stored.values(index).reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
      }
    }
    return zip(info.fields, counts).map { ($0, $1) }
  }

  /// The rows that were kept out of the panels, by panel, in the order of their import.
  public func quarantinedRows() throws(StorageError) -> [(panel: String, row: QuarantinedRow)] {
    var rows: [(panel: String, row: QuarantinedRow)] = []
    for file in files { rows += try file.quarantinedRows() }
    return rows
  }

  /// Hashes everything and compares with the stored hashes.
  public func verify() throws(StorageError) {
    for file in files {
      for panel in file.panels { try file.verify(panel.name) }
      try file.verifyWhole()
    }
  }

  private func joined(_ parts: [StoredPanel], _ info: PanelInfo) throws(StorageError) -> StoredPanel
  {
    // A file may have been replaced since the folder was opened.
    let isSame =
      parts.allSatisfy { $0.info.symbols == info.symbols }
      && parts.reduce(0) { $0 + $1.timeNs.count } == info.barCount
      && zip(parts, parts.dropFirst()).allSatisfy { ($0.timeNs.last ?? 0) < ($1.timeNs.first ?? 0) }
    guard isSame else {
      throw .damaged(
        path: path, part: "panels/\(info.name)",
        reason: "a file changed since the folder was opened")
    }
    return StoredPanel(joining: parts, info: info)
  }

  private func table(of names: [String]) -> SymbolTable {
    SymbolTable(
      names.map { name in symbols.index(of: name).map { symbols[$0] } ?? .init(symbol: name) })
  }
}
