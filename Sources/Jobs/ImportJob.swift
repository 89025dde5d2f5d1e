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
  /// Whether what the files have more than a stored panel is added to it.
  public var append = false
  /// Whether an append replaces stored values that differ.
  public var revise = false
  /// Bars of each file of a new folder; told by the length of a bar unless given.
  public var period: Period?
  /// Seconds to wait for another writer of the store.
  public var patience = PriceStore.defaultPatience

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
    if !dryRun { try PriceStore.checkTarget(store) }
    let options = append ? try optionsOfStoredPanel() : options
    guard let importer = ImporterCatalog.importer(named: format) else {
      preconditionFailure("the caller checks the format")
    }
    let entries = try symbolFile.map { try SymbolMasterReader.read($0) }
    var (draft, quarantined, summary) = try importer.read(paths: files, options: options)
    var unknown: [String] = []
    if let entries { unknown = SymbolMasterReader.merge(entries, into: &draft) }
    var appended: AppendOutcome?
    if !dryRun, append {
      appended = try PriceStore.append(
        draft, quarantine: quarantined, to: store, revise: revise, source: source, period: period,
        patience: patience)
    } else if !dryRun {
      try PriceStore.add(
        draft, quarantine: quarantined, to: store, force: force, period: period, patience: patience)
    }
    return Outcome(
      summary: summary, panel: draft.name, calendar: draft.calendar, quarantined: quarantined,
      unknownSymbols: unknown, appended: appended)
  }

  /// What is not given, as the panel that is appended to has it: a few bars tell neither calendar nor frequency.
  private func optionsOfStoredPanel() throws -> ImportOptions {
    var options = options
    guard try PriceStore.isStore(store) else { return options }
    let panels = try PriceStore.open(store).panels
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
}
