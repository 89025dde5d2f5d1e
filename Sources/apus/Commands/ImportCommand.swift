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
    summary: "Read files of prices into a store",
    discussion: [
      "Files are CSV of any dialect or JSON, plain or gzip. Encoding, delimiter, header, columns, numbers and times are"
        + " recognised; --dry-run shows how, and what would be stored. What can be read in two ways is refused with the"
        + " flag that decides. Rows that break a rule (a price below zero, a high below a low, the same"
        + " symbol and time twice, …) are kept out, counted, and listed by: apus inspect STORE --quarantine.",
      "With --format the files hold no prices but facts about symbols that the store has: "
        + ImporterCatalog.facts.map { "\($0.name): \($0.summary)" }.joined(separator: "; ") + ".",
      "The store is written anew and put in place in one step: whatever goes wrong, it is as it was. A store that ends in"
        + " a slash is a folder of one file a year, or a month for bars shorter than a day.",
      "--append adds what a panel does not have yet: bars, symbols, fields, missing values. The same files again change"
        + " nothing. Values that differ from stored ones are refused as a whole, or take their place with --revise, which"
        + " keeps a record: apus inspect STORE --revisions.",
    ],
    examples: [
      Example("apus import prices.csv.gz --store sp500.h5", "One file with a symbol column."),
      Example(
        "apus import download.csv --symbol ACME --dry-run",
        "How a file would be read; nothing is written."),
      Example(
        "apus import splits.csv --format actions --store sp500.h5",
        "Splits and dividends into a store that has prices."),
      Example(
        "apus import data/*.csv --symbol-from-filename --store sp500.h5 --panel us_equity_1d",
        "One file a symbol."),
      Example("apus import today.csv --store sp500.h5 --append", "Another day; safe to repeat."),
    ],
    positionals: [
      PositionalSpec("FILE", help: "Files to read; '-' is standard input.", count: .oneOrMore)
    ],
    options: [
      .value(
        "store", "STORE", help: "The store; made if it is not there. Needed unless --dry-run.",
        completion: .files),
      .value("panel", "NAME", help: "Name of the panel, such as us_equity_1d."),
      .value("symbol", "X", help: "All rows belong to this symbol."),
      .flag("symbol-from-filename", help: "The symbol is the file's name without its extensions."),
      .value(
        "symbols", "FILE", help: "Table of symbols with name, sector, exchange, …",
        completion: .files),
      .value(
        "calendar", "NAME",
        help:
          "Calendar by name, or from a .calendar file or a .csv of trading days; told by the bars unless given.",
        completion: .files),
      .flag("negative-prices", help: "Prices at or below zero are valid."),
      .value(
        "on-bad-row", "POLICY", help: "What to do with a row that breaks a rule.",
        default: "quarantine",
        completion: .choices(ImportOptions.BadRowPolicy.allCases.map(\.rawValue))),
      .flag("append", help: "Add to the panel what it does not have yet."),
      .flag("revise", help: "With --append: values that differ replace stored ones."),
      .value(
        "period", "PERIOD",
        help: "Bars of each file of a new folder; by their length unless given.",
        completion: .choices(Period.allCases.map(\.rawValue))),
      .value("wait", "SECONDS", help: "How long to wait for another writer.", default: "5"),
    ] + ImportFlags.options,
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.force, CommonOptions.dryRun])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    if ImporterCatalog.factsImporter(named: arguments.string("format")) != nil {
      return try runFacts(arguments, console)
    }
    let isDry = arguments.flag("dry-run")
    var job = ImportJob(
      files: arguments.positionals("FILE"), store: try store(arguments, isDry: isDry))
    job.force = arguments.flag("force")
    job.symbolFile = arguments.optionalString("symbols")
    job.format = arguments.string("format")
    job.options = try ImportFlags.read(arguments)
    job.append = arguments.flag("append")
    job.revise = arguments.flag("revise")
    job.period = arguments.optionalString("period").flatMap { Period(rawValue: $0) }
    job.patience = try arguments.double("wait", in: 0...86_400)
    try checkFlags(job)
    try checkStore(job, panel: job.options.panel)
    let outcome = try job.run(dryRun: isDry)
    if isDry { try checkStore(job, panel: outcome.panel) }
    if arguments.flag("json") {
      try console.print(try ImportReport(outcome, store: job.store, isDry: isDry).json())
      return .done
    }
    if isDry { try ImportDryRun.report(outcome, console) }
    try report(outcome, job, isDry, console)
    return .done
  }

  /// Refuses a store that can't take the panel, where that is known before the files are read.
  private static func checkStore(_ job: ImportJob, panel: String?) throws(StorageError) {
    if job.store.isEmpty { return }
    try PriceStore.checkTarget(job.store)
    guard try PriceStore.isStore(job.store) else { return }
    let store = try PriceStore.open(job.store)
    if !job.force, !job.append, let panel, store.panels.contains(where: { $0.name == panel }) {
      throw .panelExists(panel: panel, path: job.store)
    }
  }

  private static func checkFlags(_ job: ImportJob) throws(ArgumentsError) {
    func contradiction(_ flag: String, _ reason: String, _ next: String) -> ArgumentsError {
      .badValue(name: flag, value: "", reason: .other(reason, next: next))
    }
    if job.revise, !job.append {
      throw contradiction(
        "--revise", "needs --append", "give both, or --force to replace the panel")
    }
    if job.append, job.force {
      throw contradiction(
        "--force", "replaces the panel, and --append keeps it", "give one of the two")
    }
    if job.period != nil, !PriceStore.isFolder(job.store) {
      throw contradiction(
        "--period", "is for folders, and \(job.store) is a file", "end the store's path in a slash")
    }
  }

  /// The store; empty for a dry run without one.
  private static func store(_ arguments: ParsedArguments, isDry: Bool) throws(ArgumentsError)
    -> String
  {
    if let store = arguments.optionalString("store") { return store }
    if isDry { return "" }
    throw .missingOption(option: "--store", valueName: "STORE", verb: "import", program: "apus")
  }

  private static func report(
    _ outcome: ImportJob.Outcome, _ job: ImportJob, _ isDry: Bool, _ console: Console
  ) throws {
    let summary = outcome.summary
    let first = Timestamp.text(nanoseconds: summary.range.lowerBound)
    let last = Timestamp.text(nanoseconds: summary.range.upperBound)
    try console.print("panel        \(outcome.panel)  (calendar \(outcome.calendar.name))")
    try console.print("rows         \(summary.rowsKept) kept of \(summary.rowsRead)")
    try console.print("symbols      \(summary.symbols)")
    try console.print("bars         \(summary.bars), \(first) to \(last)")
    try console.print("fields       \(summary.fields.joined(separator: ", "))")
    if !isDry {
      for dialect in distinct(summary.dialects) { try console.print("read as      \(dialect)") }
    }
    if !isDry, !summary.ignoredColumns.isEmpty {
      try console.print("ignored      \(summary.ignoredColumns.joined(separator: ", "))")
    }
    let counts = ImportRule.allCases.compactMap { rule in
      summary.quarantined[rule].map { "\(rule.rawValue) \($0)" }
    }
    if !counts.isEmpty { try console.print("quarantined  \(counts.joined(separator: ", "))") }
    for row in outcome.quarantined.prefix(isDry ? 10 : 3) {
      console.talk("  \(row.place): \(row.column): \(row.reason)")
    }
    if outcome.quarantined.count > (isDry ? 10 : 3) {
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
    if let appended = outcome.appended { try report(appended, to: job.store, console) }
    let isWritten = !isDry && outcome.appended.map { !$0.filesWritten.isEmpty } ?? true
    console.talk(
      !isWritten
        ? "nothing was written" : "wrote \(job.store); look at it: apus inspect \(job.store)")
  }
}

extension ImportCommand {
  private static func report(_ outcome: AppendOutcome, to store: String, _ console: Console) throws
  {
    var added: [String] = []
    func add(_ count: Int, _ what: String, _ names: [String] = []) {
      if count == 0 { return }
      let some = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
      added.append("\(count) \(what)\(count == 1 ? "" : "s")" + (names.isEmpty ? "" : " (\(some))"))
    }
    add(outcome.barsAdded, "bar")
    add(outcome.symbolsAdded.count, "symbol", outcome.symbolsAdded)
    add(outcome.fieldsAdded.count, "field", outcome.fieldsAdded)
    add(outcome.valuesFilled, "missing value")
    add(outcome.quarantinedAdded, "quarantined row")
    let none = outcome.filesWritten.isEmpty ? "nothing: the store has it all" : "nothing"
    try console.print("added        \(added.isEmpty ? none : added.joined(separator: ", "))")
    if outcome.valuesEqual > 0 {
      try console.print(
        "skipped      \(outcome.valuesEqual) that \(outcome.valuesEqual == 1 ? "is" : "are") stored"
      )
    }
    if outcome.valuesRevised > 0 {
      try console.print(
        "revised      \(outcome.valuesRevised) \(outcome.valuesRevised == 1 ? "value" : "values")")
    }
    let files = outcome.filesWritten
    if files.first.map({ $0 != store }) ?? false {
      try console.print(
        "files        \(files.prefix(5).joined(separator: ", "))"
          + (files.count > 5 ? ", … \(files.count) in all" : ""))
    }
  }
}

/// What an append added, as JSON.
private struct AppendReport: Encodable {
  let barsAdded: Int
  let symbolsAdded: [String]
  let fieldsAdded: [String]
  let valuesFilled: Int
  let valuesEqual: Int
  let valuesRevised: Int
  let quarantinedAdded: Int
  let filesWritten: [String]

  init(_ outcome: AppendOutcome) {
    barsAdded = outcome.barsAdded
    symbolsAdded = outcome.symbolsAdded
    fieldsAdded = outcome.fieldsAdded
    valuesFilled = outcome.valuesFilled
    valuesEqual = outcome.valuesEqual
    valuesRevised = outcome.valuesRevised
    quarantinedAdded = outcome.quarantinedAdded
    filesWritten = outcome.filesWritten
  }
}

/// Each text once, in order.
private func distinct(_ texts: [String]) -> [String] {
  var known: Set<String> = []
  return texts.filter { known.insert($0).inserted }
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
  let appended: AppendReport?
  let dryRun: ImportDryRun.Report?

  init(_ outcome: ImportJob.Outcome, store: String, isDry: Bool) {
    dryRun = isDry ? ImportDryRun.Report(outcome) : nil
    self.store = store
    panel = outcome.panel
    calendar = outcome.calendar.name
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
    appended = outcome.appended.map { AppendReport($0) }
  }
}
