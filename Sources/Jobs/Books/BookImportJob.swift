import Books
import Interchange
import Market
import Storage

/// Brings tables and transactions into a book: all of them, or none.
public struct BookImportJob: Sendable {
  /// Path of the book.
  public var book: String
  /// CSV and JSON5 files, and folders of them; `-` is standard input.
  public var files: [String]
  /// What all files are; nil: told by their names.
  public var table: BookTable?
  /// Prices that symbols are held to, in place of the book's.
  public var options = BookSession.Options()
  /// Whether symbols are taken without prices; then splits are not known either.
  public var ignoresPrices = false
  /// Whether rows of advisors, clients, portfolios and instruments may change those of the same id.
  public var updates = false
  /// Columns of the firm that were given by hand, so that files have no say in them.
  public var settled: Set<String> = []
  /// Seconds to wait for another writer.
  public var patience = PriceStore.defaultPatience

  /// A job.
  public init(book: String, files: [String]) {
    self.book = book
    self.files = files
  }

  /// What became of the rows.
  public struct Outcome: Sendable {
    /// By table.
    public var tables: [BookTable: BookIntake.Counts] = [:]
    /// Of transactions.
    public var posting = Posting()
    /// Whether the book has changed.
    public var isChanged = false
    /// What the reader should know.
    public var warnings: [RunWarning] = []
  }

  /// Reads, checks, replays, and writes in one step unless `dryRun`.
  ///
  /// - Throws: `StorageError`, `ImportError`, `BooksError`, `BookJobError`; then the book is as it was.
  public func run(dryRun: Bool = false) throws -> Outcome {
    let sheets = try BookSheets(files, as: table)
    var outcome = Outcome()
    if dryRun {
      var book = try BookStore.read(self.book)
      outcome = try apply(sheets, to: &book)
      return outcome
    }
    try BookStore.update(book, patience: patience) { book in
      outcome = try apply(sheets, to: &book)
      return outcome.isChanged
    }
    return outcome
  }

  /// Makes the book and brings the files into it, in one step.
  ///
  /// - Parameters:
  ///   - new: the book without anybody.
  ///   - force: whether it may take the place of a file.
  public func create(_ new: Book, force: Bool) throws -> Outcome {
    try AtomicFile.checkTarget(book, force: force)
    var new = new
    let outcome = try apply(try BookSheets(files, as: table), to: &new)
    try BookStore.write(new, to: book, force: force)
    return outcome
  }

  private func apply(_ sheets: BookSheets, to book: inout Book) throws -> Outcome {
    var outcome = Outcome()
    var intake = BookIntake(book, updates: updates, settled: settled)
    book.entries = EntryTable()
    for sheet in sheets.tables { try intake.take(sheet) }
    outcome.tables = intake.counts
    book = intake.finish()
    outcome.isChanged = outcome.tables.values.contains { $0.added + $0.changed > 0 }
    if sheets.transactions.isEmpty { return outcome }

    let prices = try prices(of: book, &outcome)
    var reader = TransactionReader(
      book,
      symbols: BookSymbols(
        book.instruments, known: prices?.panel.symbols, panel: prices?.panel.name ?? ""))
    var batch = TransactionBatch()
    for source in sheets.transactions {
      try reader.read(source.path, into: &batch, content: source.content, lines: source.lines)
    }
    if reader.withoutOffset > 0 {
      outcome.warnings.append(
        RunWarning(
          code: "no_offset", severity: .warning,
          message:
            "\(reader.withoutOffset) \(reader.withoutOffset == 1 ? "time has" : "times have") no offset: read as UTC; "
            + "write 2017-06-30T15:30:00Z or …-04:00"))
    }
    let found = reader.symbols.instruments
    if found != book.instruments {
      outcome.tables[.instruments, default: BookIntake.Counts()].added +=
        found.count - book.instruments.count
      outcome.isChanged = true
      book.instruments = found
    }
    let market = try prices?.market(of: book, withRates: false)
    outcome.posting = try book.post(batch, market: market, workers: options.workers)
    if outcome.posting.added + outcome.posting.recosted > 0 { outcome.isChanged = true }
    if outcome.posting.recosted > 0 {
      outcome.warnings.append(
        RunWarning(
          code: "recosted", severity: .info,
          message:
            "the cost that units took along was computed again for \(outcome.posting.recosted) earlier transfers"
        ))
    }
    return outcome
  }

  private func prices(of book: Book, _ outcome: inout Outcome) throws -> BookPrices? {
    let isKnown = options.store != nil || !book.prices.store.isEmpty
    guard isKnown, !ignoresPrices else {
      outcome.warnings.append(
        RunWarning(
          code: "no_prices", severity: .warning,
          message: "symbols are not held to any prices, and no splits are known: "
            + (isKnown ? "--no-prices was given" : "\(self.book) names no store")))
      return nil
    }
    let prices = try BookPrices(self.book, book, options)
    outcome.warnings += prices.warnings
    return prices
  }
}
