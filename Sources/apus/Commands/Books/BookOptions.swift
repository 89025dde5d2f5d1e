import Arguments
import Books
import Jobs
import Kernels

/// What the verbs of books have in common.
enum BookOptions {
  static let family = CommandFamily(
    "book", group: "Books", summary: "Accounts: who owns what, and what it is worth and risks",
    discussion: [
      "A book is a file of a firm, its advisors, their clients, the clients' portfolios with their investment profiles, wallets"
        + " and transactions. A price store values it; nothing in it changes but by import."
    ],
    examples: [
      Example(
        "apus book import book.h5 transactions.csv", "Transactions into a book; safe to repeat."),
      Example(
        "apus book value book.h5 --at 2017-06-30", "What every portfolio was worth that day."),
    ])

  static let positionals = [
    PositionalSpec("BOOK", help: "The book, an HDF5 file.", completion: .files)
  ]

  /// Where prices come from.
  static let market: [OptionSpec] = [
    .value("store", "STORE", help: "A price store in place of the book's.", completion: .files),
    .value("panel", "NAME", help: "A panel in place of the book's."),
    .value("rates", "NAME", help: "The panel with rates of currencies."),
  ]

  /// As of when.
  static let at = OptionSpec.value(
    "at", "TIME", help: "As of the end of this day, or of this instant; the last bar unless given.")

  /// Which portfolios; all unless given.
  static let selection: [OptionSpec] = [
    .value(
      "portfolio", "ID", help: "Only this portfolio, and what else is named.", isRepeatable: true),
    .value("client", "ID", help: "Only portfolios of this client.", isRepeatable: true),
    .value("advisor", "ID", help: "Only portfolios of this advisor's clients.", isRepeatable: true),
  ]

  static let common = [
    output, rows, CommonOptions.json, CommonOptions.quiet, CommonOptions.threads,
    CommonOptions.force,
  ]

  /// `-o` of verbs that write tables.
  static let output = RunOptions.resultOutput(
    "Write the tables here: .h5, .json or .csv, by the ending.")

  /// How much of a table is printed.
  static let rows = OptionSpec.value(
    "top", "K", help: "Rows of each table to print, or all; files have all of them.", default: "20",
    completion: .words(["all"]))

  /// The file of tables that `-o` names; nil without it.
  static func output(_ arguments: ParsedArguments) throws(ArgumentsError) -> String? {
    try RunOptions.output(arguments, endings: [".h5", ".json", ".csv"])
  }

  /// Rows of a table that `--top` asks for.
  static func most(_ arguments: ParsedArguments) throws(ArgumentsError) -> Int {
    arguments.string("top") == "all" ? .max : try arguments.int("top", in: 1...Int.max)
  }

  /// What a terminal shows of tables, and where the rest is.
  static func room(_ arguments: ParsedArguments) throws(ArgumentsError) -> GroupTables.Room {
    let most = try most(arguments)
    let file = try output(arguments)
    return GroupTables.Room(
      rows: most,
      rest: file.map { "\($0) has all" } ?? "--top all prints all, -o FILE writes them")
  }

  /// Opens the book and its prices.
  ///
  /// - Parameter writesTables: whether `-o` is a file of tables; else it is a folder.
  static func session(_ arguments: ParsedArguments, writesTables: Bool = true) throws -> BookSession
  {
    var options = BookSession.Options()
    options.store = arguments.optionalString("store")
    options.panel = arguments.optionalString("panel")
    options.rates = arguments.optionalString("rates")
    options.workers = try RunOptions.workers(arguments)
    options.endsWithPrices = !["at", "to"].contains {
      arguments.declares($0) && arguments.isGiven($0)
    }
    // Told before work starts.
    if writesTables { _ = try room(arguments) }
    let output = try writesTables ? output(arguments) : RunOptions.output(arguments, endings: [])
    let path = arguments.positional("BOOK")
    if let output {
      try RunOptions.keep([path] + [options.store].compactMap { $0 }, from: [output])
      if writesTables { try Console.checkResult(output, force: arguments.flag("force")) }
    }
    let session = try BookSession.open(path, options)
    if let output {
      try RunOptions.keep([session.storePath], from: [output])
    }
    return session
  }

  /// Positions of the portfolios that are asked for, ascending; all unless any is named.
  ///
  /// - Throws: `ArgumentsError` for an id that the book lacks, with the nearest.
  static func selection(_ arguments: ParsedArguments, _ session: BookSession) throws -> [Int] {
    try selection(arguments, session.book, session.path)
  }

  /// The same of a book that needs no prices.
  static func selection(_ arguments: ParsedArguments, _ book: Book, _ path: String) throws -> [Int]
  {
    let asked = ["portfolio", "client", "advisor"].filter { arguments.isGiven($0) }
    if asked.isEmpty { return Array(book.portfolios.indices) }
    var chosen: Set<Int> = []
    for id in arguments.strings("portfolio") {
      chosen.insert(try place(id, "portfolio", book.portfolios.map(\.id), path))
    }
    for id in arguments.strings("client") {
      let client = try place(id, "client", book.clients.map(\.id), path)
      chosen.formUnion(book.portfolios.indices.filter { book.portfolios[$0].client == client })
    }
    for id in arguments.strings("advisor") {
      let advisor = try place(id, "advisor", book.advisors.map(\.id), path)
      chosen.formUnion(
        book.portfolios.indices.filter {
          book.clients[book.portfolios[$0].client].advisor == advisor
        })
    }
    return chosen.sorted()
  }

  private static func place(_ id: String, _ kind: String, _ ids: [String], _ path: String)
    throws(ArgumentsError) -> Int
  {
    if let place = ids.firstIndex(of: id) { return place }
    throw .unknownName(
      id, kind: kind, option: "--\(kind)", among: ids,
      seeAll: "apus book inspect \(path) --portfolios")
  }

  /// The currency that `--currency` names.
  static func currency(_ arguments: ParsedArguments) throws(ArgumentsError) -> String {
    let text = arguments.string("currency")
    if let code = CurrencyCode.reading(text) { return code }
    throw .badValue(
      name: "--currency", value: text,
      reason: .other(CurrencyCode.refusal(text), next: "write it like USD"))
  }

  /// An option that is a fraction from 0; nil without it.
  ///
  /// - Parameter most: 1, or a leverage that it may reach.
  static func fraction(_ arguments: ParsedArguments, _ name: String, most: Double = 1) throws
    -> Double?
  {
    guard let value = try arguments.optionalDouble(name) else { return nil }
    guard value >= 0, value <= most else {
      throw ArgumentsError.badValue(
        name: "--\(name)", value: "\(value)",
        reason: .other(
          "\(value) is no fraction from 0 to \(most == 1 ? "1" : "\(most), the most leverage of the book")",
          next: "write 50 % as 0.5"))
    }
    return value
  }

  /// A verb whose tables are of some portfolios as of an instant: prints and writes what `report` makes.
  static func tables(
    _ arguments: ParsedArguments, _ console: Console,
    _ report: (BookSession, [Int], Int64?) throws -> BookReport
  ) throws -> ExitStatus {
    let asOf = try BookHistoryOptions.end(arguments, "at")
    let session = try session(arguments)
    let portfolios = try selection(arguments, session)
    Interrupts.install()
    try deliver(try report(session, portfolios, asOf), arguments, console)
    return .done
  }

  /// Prints the tables, or JSON with `--json`; writes them with `-o`.
  static func deliver(
    _ report: BookReport, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    try show(report, arguments, console)
    guard let output = try output(arguments) else { return }
    let files = try report.write(to: output, force: arguments.flag("force"))
    console.talk("wrote \(files.joined(separator: ", "))")
  }

  /// Prints the tables, or JSON with `--json`.
  static func show(
    _ report: BookReport, _ arguments: ParsedArguments, _ console: Console
  ) throws {
    for warning in report.warnings where warning.severity == .warning {
      console.warn(warning.message)
    }
    if arguments.flag("json") {
      try report.writeJSON { try console.write(String(decoding: $0, as: UTF8.self)) }
    } else {
      let room = try room(arguments)
      for group in report.groups { try GroupTables.print(group, console, room) }
    }
  }
}
