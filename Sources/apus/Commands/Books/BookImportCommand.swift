import Arguments
import Books
import Jobs

/// `apus book import`: tables and transactions into a book.
enum BookImportCommand: Command {
  static let spec = CommandSpec(
    "book import", group: "Books",
    summary: "Bring tables and transactions into a book; safe to repeat",
    discussion: [
      "A file is a table by its name: firm, advisors, clients, portfolios, wallets, instruments or transactions, with"
        + " .csv or .csv.gz, and more behind a hyphen (transactions-2024.csv). JSON5 has all of them in one file. Columns:"
        + " \(BookTable.allCases.map { "\($0.rawValue): \($0.columns.joined(separator: ", "))" }.joined(separator: "; ")).",
      "Kinds of transactions: \(TransactionBatch.Kind.allCases.map(\.rawValue).joined(separator: ", ")). Amounts are above"
        + " zero, whatever the kind; a transfer names the other wallet as 'to', and what it receives if it has another"
        + " currency. A date is its 00:00 UTC.",
      "What the book has already is left out: transactions by their id, and those without one by content, as often as the book"
        + " has them. Every portfolio that gets new ones is replayed; a wallet below zero, or a sale of what is not held, refuses"
        + " all, and names the row.",
    ],
    examples: [
      Example("apus book import book.h5 transactions.csv", "Transactions; twice is once."),
      Example("apus book import book.h5 datasets/book", "All tables of a folder."),
    ],
    positionals: BookOptions.positionals + [
      PositionalSpec(
        "FILE", help: "CSV or JSON5 files, or folders of them; - is standard input.",
        count: .oneOrMore, completion: .files)
    ],
    options: [
      .value(
        "table", "NAME", help: "What the files are, where their names don't tell.",
        completion: .choices(BookTable.allCases.map(\.rawValue))),
      .flag(
        "update", help: "Let rows change advisors, clients, portfolios, instruments of their id."),
      .flag("no-prices", help: "Take symbols without looking for prices of them."),
      .value("store", "STORE", help: "A price store in place of the book's.", completion: .files),
      .value("panel", "NAME", help: "A panel in place of the book's."),
      .value("wait", "SECONDS", help: "How long to wait for another writer.", default: "5"),
    ],
    common: [
      CommonOptions.json, CommonOptions.quiet, CommonOptions.threads, CommonOptions.dryRun,
    ])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("BOOK")
    var job = BookImportJob(book: path, files: arguments.positionals("FILE"))
    job.table = arguments.optionalString("table").flatMap { BookTable(rawValue: $0) }
    job.updates = arguments.flag("update")
    job.ignoresPrices = arguments.flag("no-prices")
    job.options.store = arguments.optionalString("store")
    job.options.panel = arguments.optionalString("panel")
    job.options.workers = try RunOptions.workers(arguments)
    job.patience = try arguments.double("wait", in: 0...86_400)
    let isDry = arguments.flag("dry-run")
    let outcome = try job.run(dryRun: isDry)
    try report(outcome, path, arguments, console)
    if isDry {
      console.talk(outcome.isChanged ? "nothing was written" : "nothing would change")
    } else {
      console.talk(outcome.isChanged ? "wrote \(path)" : "\(path) has all of it already")
    }
    return .done
  }

  private struct Counts: Encodable {
    var added = 0
    var changed = 0
    var known = 0
  }

  private struct Report: Encodable {
    let book: String
    let isChanged: Bool
    let tables: [String: Counts]
    let portfoliosReplayed: Int
    let warnings: [RunWarning]
  }

  /// What became of the rows, by table.
  static func report(
    _ outcome: BookImportJob.Outcome, _ path: String, _ arguments: ParsedArguments,
    _ console: Console
  ) throws {
    for warning in outcome.warnings {
      if warning.severity == .warning {
        console.warn(warning.message)
      } else {
        console.talk(warning.message)
      }
    }
    var tables: [(name: String, counts: Counts)] = BookTable.allCases.compactMap { table in
      outcome.tables[table].map {
        (table.rawValue, Counts(added: $0.added, changed: $0.changed, known: $0.known))
      }
    }
    let posting = outcome.posting
    if posting.added + posting.known > 0 {
      tables.append(("transactions", Counts(added: posting.added, known: posting.known)))
    }
    if arguments.flag("json") {
      let report = Report(
        book: path, isChanged: outcome.isChanged,
        tables: Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.counts) }),
        portfoliosReplayed: posting.portfolios, warnings: outcome.warnings)
      try console.print(try report.json())
      return
    }
    if tables.isEmpty { return }
    var table = Table([
      .text("table"), .number("added", .count), .number("changed", .count),
      .number("known", .count),
    ])
    for (name, counts) in tables {
      table.add([
        .text(name), .number(Double(counts.added)), .number(Double(counts.changed)),
        .number(Double(counts.known)),
      ])
    }
    try console.print(table)
  }
}
