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
    draft.adjusted = options.adjusted ?? .none
    var renames: [NamedAction] = []
    if let tickers = options.tickers {
      renames = try map(&draft, tickers, &quarantined, &summary)
    }
    if let entries { unknown = SymbolMasterReader.merge(entries, into: &draft) }
    if !dryRun {
      try PriceStore.add(
        draft, quarantine: quarantined, actions: renames, to: store, force: force)
    }
    return Outcome(
      summary: summary, panel: draft.name, calendar: draft.calendar, quarantined: quarantined,
      unknownSymbols: unknown)
  }

  /// Gives rows by ticker to today's symbols; returns the renames.
  private func map(
    _ draft: inout PanelDraft, _ tickers: TickerMap, _ quarantined: inout [QuarantinedRow],
    _ summary: inout ImportSummary
  ) throws(ImportError) -> [NamedAction] {
    let days = ExchangeDays(
      timeNs: draft.timeNs, frequencyNs: draft.frequencyNs, zone: draft.calendar.timeZone)
    let source = summary.files.joined(separator: ", ")
    let mapped = tickers.reassign(draft, days: days, source: source)
    if let row = mapped.unclaimed.first, options.onBadRow == .reject {
      throw .rowRejected(
        path: source, row: .init(line: row.line, column: row.column, reason: row.reason))
    }
    if mapped.draft.symbols.isEmpty { throw .nothingToImport(path: source) }
    draft = mapped.draft
    quarantined += mapped.unclaimed
    if mapped.unclaimedCount > 0 { summary.quarantined[.ticker] = mapped.unclaimedCount }
    summary.rowsKept -= mapped.unclaimedCount
    summary.symbols = draft.symbols.count
    return tickers.actions(for: Set(draft.symbols.map(\.symbol)), days: days)
  }
}
