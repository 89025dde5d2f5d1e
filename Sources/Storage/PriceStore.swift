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
///     ├─ revisions/                row · panel symbol field file revised_utc text · time int64 · old new float64   [R]
///     ├─ calendars/<name>          text: the definition of a calendar of the user's own; only if there is one
///     └─ panels/<name>/            calendar, frequency_ns, time_zone, negative_prices, content_sha256, [adjusted]
///          time int64 [T] · symbol text [N]                  the two scales
///          <field> float64 [T, N]                            contiguous, unfiltered, NaN = missing
///          first last int64 [N]                              lifetimes; −1 for a symbol without any value
///
/// `content_sha256` of a panel, of the file, and of the tables `quarantine` and `revisions` are made by `ContentHash`.
/// `revisions` are values that an append replaced; a store without any has no such table. Files of a folder follow each
/// other in time by the order of their names; what a file lacks of the symbols and fields of others is missing in its bars.
///
/// Other programs may leave out `symbols`, `actions`, `quarantine`, `first`, `last`, every hash, `created_utc`,
/// `time_zone`, `negative_prices` and the scales, and may store text of fixed length, other widths of numbers, and chunks:
/// [how](README.md).
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
    if isFolder(path), access(path, F_OK) == 0 { return try openFolder(path) }
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

  /// Bytes of its files.
  public var byteCount: Int {
    files.reduce(0) { sum, file in
      var status = stat()
      return stat(file.path, &status) == 0 ? sum + Int(status.st_size) : sum
    }
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
    do throws(StorageError) {
      if verifyHash { for file in files { try file.verifyHash(name) } }
      let wanted = fields ?? info.fields
      let whole =
        if files.count == 1 {
          try files[0].load(name, fields: wanted)
        } else {
          try loadParts(info, fields: wanted)
        }
      return PricePanel(
        name: name, time: TimeAxis(ns: whole.timeNs), symbols: table(of: whole.info.symbols),
        calendar: info.calendar, frequencyNs: info.frequencyNs, fields: wanted,
        lifetimes: whole.info.lifetimes, contentHash: whole.info.contentHash, storage: whole.storage
      )
    } catch {
      // A writer may have replaced files of the folder since it was opened: what stands there now is whole too.
      guard let fresh = try reopenedFolder() else { throw error }
      return try fresh.loadPanel(name, fields: fields, verifyHash: verifyHash)
    }
  }

  /// Number of missing values by field, over all bars and symbols of a panel; reads the whole panel.
  public func missingCounts(_ panel: String) throws(StorageError) -> [(field: String, count: Int)] {
    let info = try info(panel)
    var counts = [Int](repeating: info.barCount * info.symbols.count, count: info.fields.count)
    for file in files {
      guard let part = file.panels.first(where: { $0.name == panel }) else { continue }
      let stored = try file.load(panel, fields: part.fields)
      for (place, field) in part.fields.enumerated() {
        guard let index = info.fields.firstIndex(of: field) else { continue }
        counts[index] -= stored.values(place).reduce(0) { $0 + ($1.isNaN ? 0 : 1) }
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

  /// The values that appends replaced, in the order in which they were.
  public func revisions() throws(StorageError) -> [Revision] {
    var rows: [Revision] = []
    for file in files { rows += try file.revisions() }
    return rows
  }

  private func table(of names: [String]) -> SymbolTable {
    SymbolTable(
      names.map { name in symbols.index(of: name).map { symbols[$0] } ?? .init(symbol: name) })
  }
}
