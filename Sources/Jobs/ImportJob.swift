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
  /// Name of the format; `auto` to tell by names and content.
  public var format = "auto"
  /// Whether a panel of the same name may be replaced.
  public var force = false
  /// Whether what the files have more than a stored panel is added to it.
  public var append = false
  /// Whether an append replaces stored values that differ.
  public var revise = false
  /// Bars of each file of a new folder; told by the length of a bar unless given.
  public var period: Period?
  /// Seconds to wait for another writer of the store.
  public var patience = PriceStore.defaultPatience

  /// One row of the panel as it is stored.
  public struct Row: Sendable {
    /// Start of the bar, nanoseconds UTC.
    public var timeNs: Int64
    /// The symbol.
    public var symbol: String
    /// A value for each field, NaN where there is none.
    public var values: [Double]
  }

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
    /// What an append added; nil for an import, and for one that was only tried.
    public var appended: AppendOutcome?
    /// The first rows of the panel that hold a value, five at most.
    public var firstRows: [Row]
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
    precondition(dryRun || !store.isEmpty, "a store to write to")
    if !dryRun { try PriceStore.checkTarget(store) }
    let panels = append && !store.isEmpty ? try storedPanels() : []
    var options = optionsOfPanel(among: panels)
    let importer = try importer(&options)
    let entries = try symbolFile.map { try SymbolMasterReader.read($0) }
    var (draft, quarantined, summary) = try importer.read(paths: files, options: options)
    var unknown: [String] = []
    // One more panel, made of a guess, would hide from its readers what came in.
    if options.panel == nil, !panels.isEmpty, !panels.contains(where: { $0.name == draft.name }) {
      throw ImportError.badOption(
        option: "--panel", value: draft.name,
        reason: "is what the bars look like, and \(store) has the panels "
          + "\(panels.map(\.name).joined(separator: ", ")); name the one that they belong to, or a new one"
      )
    }
    draft.adjusted = options.adjusted ?? .none
    var renames: [NamedAction] = []
    if let tickers = options.tickers {
      renames = try map(&draft, tickers, &quarantined, &summary)
    }
    if let entries { unknown = SymbolMasterReader.merge(entries, into: &draft) }
    var appended: AppendOutcome?
    if !dryRun, append {
      appended = try PriceStore.append(
        draft, quarantine: quarantined, actions: renames, to: store, revise: revise,
        source: source, period: period, patience: patience)
    } else if !dryRun {
      try PriceStore.add(
        draft, quarantine: quarantined, actions: renames, to: store, force: force, period: period,
        patience: patience)
    }
    return Outcome(
      summary: summary, panel: draft.name, calendar: draft.calendar, quarantined: quarantined,
      unknownSymbols: unknown, appended: appended, firstRows: Self.firstRows(draft))
  }

  /// The panels of the store; none if it is not there.
  private func storedPanels() throws -> [PanelInfo] {
    try PriceStore.isStore(store) ? try PriceStore.open(store).panels : []
  }

  /// What is not given, as the panel that is appended to has it: a few bars tell neither calendar nor frequency.
  private func optionsOfPanel(among panels: [PanelInfo]) -> ImportOptions {
    var options = options
    let panel = panels.count == 1 ? panels.first : nil
    guard let known = options.panel.map({ name in panels.first { $0.name == name } }) ?? panel
    else { return options }
    options.panel = known.name
    options.calendar = options.calendar ?? known.calendar
    options.frequencyNs = options.frequencyNs ?? known.frequencyNs
    if known.allowsNegativePrices { options.allowsNegativePrices = true }
    return options
  }

  /// The files, for the record of revised values.
  private var source: String {
    files.count <= 3
      ? files.joined(separator: ", ")
      : "\(files[0]), … \(files[files.count - 1]) (\(files.count) files)"
  }

  private func importer(_ options: inout ImportOptions) throws -> any Importer.Type {
    if format == "auto" { return try ImporterCatalog.recognised(files, options: options) }
    guard let importer = ImporterCatalog.importer(named: format) else {
      preconditionFailure("the caller checks the format")
    }
    // Who says csv wants prices as they stand.
    if format == "csv" { options.hasLEANPrices = options.hasLEANPrices ?? false }
    return importer
  }

  private static func firstRows(_ draft: PanelDraft) -> [Row] {
    var rows: [Row] = []
    let width = draft.symbols.count
    for bar in draft.timeNs.indices {
      for symbol in 0..<width {
        let values = draft.fields.map { $0.values[bar * width + symbol] }
        if values.allSatisfy(\.isNaN) { continue }
        rows.append(
          Row(timeNs: draft.timeNs[bar], symbol: draft.symbols[symbol].symbol, values: values))
        if rows.count == 5 { return rows }
      }
    }
    return rows
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
