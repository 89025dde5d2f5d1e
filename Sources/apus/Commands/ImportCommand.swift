import Arguments
import Glibc
import Interchange
import Jobs
import Market
import Storage

/// `apus import`: files of prices into a store.
enum ImportCommand: Command {
  static let spec = CommandSpec(
    "import", group: "Data",
    summary: "Read CSV files of prices into a store",
    discussion: [
      "A file has a header line that names a time column, prices and, unless --symbol is given, a symbol"
        + " column; plain or gzip. Rows that break a rule (a price below zero, a high below a low, the same"
        + " symbol and time twice, …) are kept out, counted, and listed by: apus inspect STORE --quarantine.",
      "With --format the files hold no prices but facts about symbols that the store has: "
        + ImporterCatalog.facts.map { "\($0.name): \($0.summary)" }.joined(separator: "; ") + ".",
      "The store is written anew and put in place in one step: whatever goes wrong, it is as it was.",
    ],
    examples: [
      Example("apus import prices.csv.gz --store sp500.h5", "One file with a symbol column."),
      Example(
        "apus import splits.csv --format actions --store sp500.h5",
        "Splits and dividends into a store that has prices."),
      Example(
        "apus import data/*.csv --symbol-from-filename --store sp500.h5 --panel us_equity_1d",
        "One file a symbol."),
    ],
    positionals: [
      PositionalSpec("FILE", help: "Files to read; '-' is standard input.", count: .oneOrMore)
    ],
    options: [
      .value(
        "store", "STORE", help: "The store; made if it is not there.", isRequired: true,
        completion: .files),
      .value("panel", "NAME", help: "Name of the panel, such as us_equity_1d."),
      .value("symbol", "X", help: "All rows belong to this symbol."),
      .flag("symbol-from-filename", help: "The symbol is the file's name without its extensions."),
      .value(
        "symbols", "FILE", help: "Table of symbols with name, sector, exchange, …",
        completion: .files),
      .value(
        "format", "NAME", help: "Format of the files.", default: "csv",
        completion: .choices(
          ImporterCatalog.all.map { $0.name } + ImporterCatalog.facts.map { $0.name })),
      .value(
        "map", "FILE", help: "Ticker history (LEAN map files): rows go to today's symbols.",
        completion: .files),
      .value(
        "adjusted", "HOW", help: "What prices, or dividends, are adjusted by already.",
        completion: .choices(Adjustment.allCases.map(\.rawValue))),
      .value("columns", "FIELD=COLUMN,…", help: "Columns by hand: close=Price,time=Day."),
      .value(
        "calendar", "NAME", help: "Calendar; told by the presence of weekends unless given.",
        completion: .choices(Calendar.Kind.allCases.map(\.rawValue))),
      .flag("negative-prices", help: "Prices at or below zero are valid."),
      .value(
        "on-bad-row", "POLICY", help: "What to do with a row that breaks a rule.",
        default: "quarantine",
        completion: .choices(ImportOptions.BadRowPolicy.allCases.map(\.rawValue))),
    ],
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.force, CommonOptions.dryRun])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    if ImporterCatalog.factsImporter(named: arguments.string("format")) != nil {
      return try runFacts(arguments, console)
    }
    var job = ImportJob(files: arguments.positionals("FILE"), store: arguments.string("store"))
    job.force = arguments.flag("force")
    job.symbolFile = arguments.optionalString("symbols")
    job.format = arguments.string("format")
    job.options = try options(arguments)
    let isDry = arguments.flag("dry-run")
    try checkStore(job, panel: job.options.panel)
    let outcome = try job.run(dryRun: isDry)
    if isDry { try checkStore(job, panel: outcome.panel) }
    if arguments.flag("json") {
      try console.print(try ImportReport(outcome, store: job.store).json())
      return .done
    }
    try report(outcome, job, isDry, console)
    return .done
  }

  /// Refuses a store that can't take the panel, where that is known before the files are read.
  private static func checkStore(_ job: ImportJob, panel: String?) throws(StorageError) {
    try AtomicFile.checkTarget(job.store, force: true)
    guard access(job.store, F_OK) == 0 else { return }
    let store = try PriceStore.open(job.store)
    if !job.force, let panel, store.panels.contains(where: { $0.name == panel }) {
      throw .panelExists(panel: panel, path: job.store)
    }
  }

  static func options(_ arguments: ParsedArguments) throws -> ImportOptions {
    var options = ImportOptions()
    if let symbol = arguments.optionalString("symbol") { options.symbol = .fixed(symbol) }
    if arguments.flag("symbol-from-filename") {
      if case .fixed = options.symbol {
        throw ArgumentsError.badValue(
          name: "--symbol", value: arguments.string("symbol"),
          reason: .other(
            "contradicts --symbol-from-filename", next: "give one of the two"))
      }
      options.symbol = .fileName
    }
    options.panel = arguments.optionalString("panel")
    options.calendar = arguments.optionalString("calendar").flatMap { Calendar.Kind(rawValue: $0) }
    options.allowsNegativePrices = arguments.flag("negative-prices")
    options.adjusted = arguments.optionalString("adjusted").flatMap { Adjustment(rawValue: $0) }
    options.tickers = try arguments.optionalString("map").map { try LeanMapImporter.map($0) }
    options.onBadRow =
      ImportOptions.BadRowPolicy(rawValue: arguments.string("on-bad-row")) ?? .quarantine
    for pair in arguments.optionalString("columns")?.split(separator: ",") ?? [] {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ArgumentsError.badValue(
          name: "--columns", value: String(pair), reason: .notKeyValue)
      }
      options.columns[String(parts[0])] = String(parts[1])
    }
    return options
  }

  private static func report(
    _ outcome: ImportJob.Outcome, _ job: ImportJob, _ isDry: Bool, _ console: Console
  ) throws {
    let summary = outcome.summary
    let first = Timestamp.text(nanoseconds: summary.range.lowerBound)
    let last = Timestamp.text(nanoseconds: summary.range.upperBound)
    try console.print("panel        \(outcome.panel)  (calendar \(outcome.calendar.kind.rawValue))")
    try console.print("rows         \(summary.rowsKept) kept of \(summary.rowsRead)")
    try console.print("symbols      \(summary.symbols)")
    try console.print("bars         \(summary.bars), \(first) to \(last)")
    try console.print("fields       \(summary.fields.joined(separator: ", "))")
    for dialect in summary.dialects { try console.print("read as      \(dialect)") }
    if !summary.ignoredColumns.isEmpty {
      try console.print("ignored      \(summary.ignoredColumns.joined(separator: ", "))")
    }
    let counts = ImportRule.allCases.compactMap { rule in
      summary.quarantined[rule].map { "\(rule.rawValue) \($0)" }
    }
    if !counts.isEmpty { try console.print("quarantined  \(counts.joined(separator: ", "))") }
    for row in outcome.quarantined.prefix(3) {
      console.talk("  \(row.place): \(row.column): \(row.reason)")
    }
    if outcome.quarantined.count > 3 {
      console.talk(
        "  … \(outcome.quarantined.count) in all"
          + (isDry ? "" : ": apus inspect \(job.store) --quarantine"))
    }
    let unknown = outcome.unknownSymbols
    if !unknown.isEmpty {
      console.warn(
        "the symbol table does not have \(unknown.prefix(10).joined(separator: ", "))"
          + (unknown.count > 10 ? ", … \(unknown.count) in all" : ""))
    }
    console.talk(
      isDry ? "nothing was written" : "wrote \(job.store); look at it: apus inspect \(job.store)")
  }
}

/// The outcome of an import as JSON.
private struct ImportReport: Encodable {
  let store: String
  let panel: String
  let calendar: String
  let rowsRead: Int
  let rowsKept: Int
  let symbols: Int
  let bars: Int
  let from: String
  let to: String
  let fields: [String]
  let ignoredColumns: [String]
  let quarantined: [String: Int]

  init(_ outcome: ImportJob.Outcome, store: String) {
    self.store = store
    panel = outcome.panel
    calendar = outcome.calendar.kind.rawValue
    rowsRead = outcome.summary.rowsRead
    rowsKept = outcome.summary.rowsKept
    symbols = outcome.summary.symbols
    bars = outcome.summary.bars
    from = Timestamp.text(nanoseconds: outcome.summary.range.lowerBound)
    to = Timestamp.text(nanoseconds: outcome.summary.range.upperBound)
    fields = outcome.summary.fields
    ignoredColumns = outcome.summary.ignoredColumns
    quarantined = Dictionary(
      uniqueKeysWithValues: outcome.summary.quarantined.map { ($0.key.rawValue, $0.value) })
  }
}
