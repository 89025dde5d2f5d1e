import Arguments
import Books
import Jobs
import Storage

/// `apus book init`: a new book.
enum BookInitCommand: Command {
  static let spec = CommandSpec(
    "book init", group: "Books",
    summary: "Make a book, empty or from files",
    discussion: [
      "With --from, tables and transactions are brought in at once, as apus book import does: the book appears whole or"
        + " not at all. What options say of the firm counts before what files say.",
      "Rates of currencies are symbols named by both, such as EURUSD or EUR/USD, dollars for a euro: one for each currency"
        + " and the firm's, or for both and a third.",
    ],
    examples: [
      Example("apus book init book.h5 --id aurora --store prices.h5", "A book without anybody."),
      Example(
        "apus book init book.h5 --id aurora --store prices.h5 --from datasets/book",
        "The sample book, from a folder of CSV files."),
    ],
    positionals: [
      PositionalSpec("BOOK", help: "The book that is made, an HDF5 file.", completion: .files)
    ],
    options: [
      .value("id", "ID", help: "Id of the firm.", default: "firm"),
      .value("name", "TEXT", help: "Name of the firm; may be left out."),
      .value("currency", "CODE", help: "Currency that sums are told in.", default: "USD"),
      .value("store", "STORE", help: "The price store that values it.", completion: .files),
      .value("panel", "NAME", help: "Its panel; the only one unless given."),
      .value("rates", "NAME", help: "Its panel with rates of currencies."),
      .value(
        "from", "PATH", help: "A CSV or JSON5 file, or a folder of them.", isRepeatable: true,
        completion: .files),
      .flag("no-prices", help: "Take symbols without looking for prices of them."),
    ],
    common: [CommonOptions.json, CommonOptions.quiet, CommonOptions.threads, CommonOptions.force])

  static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitStatus {
    let path = arguments.positional("BOOK")
    let id = arguments.string("id")
    guard BookCheck.isID(id) else {
      throw ArgumentsError.badValue(
        name: "--id", value: id, reason: .other("is no id", next: "take letters and digits"))
    }
    let currency = try BookOptions.currency(arguments)
    var book = Book(
      firm: .init(id: id, name: arguments.optionalString("name") ?? "", currency: currency))
    if let store = arguments.optionalString("store") {
      // Told now rather than by the first verb that needs it.
      let found = try PriceStore.open(store)
      for name in ["panel", "rates"] {
        if let panel = arguments.optionalString(name) { _ = try found.info(panel) }
      }
      book.prices.store = BookPaths.relative(store, to: path)
    }
    book.prices.panel = arguments.optionalString("panel") ?? ""
    book.prices.rates = arguments.optionalString("rates") ?? ""
    try RunOptions.keep(
      arguments.strings("from") + [arguments.optionalString("store")].compactMap { $0 },
      from: [path])
    var job = BookImportJob(book: path, files: arguments.strings("from"))
    job.settled = Set(BookTable.firm.columns.filter { arguments.isGiven($0) })
    job.ignoresPrices = arguments.flag("no-prices")
    job.options.workers = try RunOptions.workers(arguments)
    let outcome = try job.create(book, force: arguments.flag("force"))
    try BookImportCommand.report(outcome, path, arguments, console)
    console.talk(
      job.files.isEmpty
        ? "wrote \(path); fill it: apus book import \(path) FILE…"
        : "wrote \(path); look at it: apus book inspect \(path)")
    return .done
  }
}
