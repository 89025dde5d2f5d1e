import Interchange
import Market
import Storage

/// Brings files of prices into a store.
public struct ImportJob: Sendable {
  /// Files in order; `-` is standard input.
  public var files: [String]
  /// The store; made if it does not exist.
  public var store: String
  /// How to read the files.
  public var options = ImportOptions()
  /// A table of symbols with names, sectors and so on.
  public var symbolFile: String?
  /// Name of the format; nil to take the only one that there is.
  public var format = "csv"
  /// Whether a panel of the same name may be replaced.
  public var force = false

  /// What was read.
  public struct Outcome: Sendable {
    /// Counts, dialect, range.
    public var summary: ImportSummary
    /// The panel's name.
    public var panel: String
    /// Its calendar.
    public var calendar: Calendar
    /// Rows left out.
    public var quarantined: [QuarantinedRow]
    /// Symbols that the symbol table does not have.
    public var unknownSymbols: [String]
  }

  /// A job.
  public init(files: [String], store: String) {
    self.files = files
    self.store = store
  }

  /// Reads and checks; writes unless `dryRun`.
  ///
  /// - Throws: `ImportError`, `StorageError`; then the store is as it was.
  public func run(dryRun: Bool = false) throws -> Outcome {
    if !dryRun { try AtomicFile.checkTarget(store, force: true) }
    guard let importer = ImporterCatalog.importer(named: format) else {
      preconditionFailure("the caller checks the format")
    }
    let entries = try symbolFile.map { try SymbolMasterReader.read($0) }
    var (draft, quarantined, summary) = try importer.read(paths: files, options: options)
    var unknown: [String] = []
    if let entries { unknown = SymbolMasterReader.merge(entries, into: &draft) }
    if !dryRun {
      try PriceStore.add(draft, quarantine: quarantined, to: store, force: force)
    }
    return Outcome(
      summary: summary, panel: draft.name, calendar: draft.calendar, quarantined: quarantined,
      unknownSymbols: unknown)
  }
}
