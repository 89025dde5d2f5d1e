import Books
import Market
import Storage

/// Makes a synthetic book over the prices of a store.
public struct BookGenerateJob: Sendable {
  /// What it holds.
  public var generator: BookGenerator
  /// Path of the store, which the book will name.
  public var store: String
  /// Name of the panel; nil for the only one.
  public var panel: String?
  /// Currency of everything.
  public var currency = "USD"

  /// A job.
  public init(_ generator: BookGenerator, store: String) {
    self.generator = generator
    self.store = store
  }

  /// Makes the book and writes it.
  ///
  /// - Throws: `StorageError`, `BookJobError`.
  public func run(to path: String, force: Bool) throws -> Book {
    try AtomicFile.checkTarget(path, force: force)
    var book = Book(firm: Book.Firm(id: "firm", name: "", currency: currency))
    book.prices.store = BookPaths.relative(store, to: path)
    book.prices.panel = panel ?? ""
    var options = BookSession.Options()
    options.store = store
    let prices = try BookPrices(path, book, options)
    // What is in other currencies would need wallets and rates of them.
    let symbols = (0..<prices.panel.symbolCount).map { prices.panel.symbols[$0] }.filter {
      $0.currency.isEmpty || $0.currency.uppercased() == currency
    }
    book.instruments = symbols.map {
      Book.Instrument(
        symbol: $0.symbol, exchange: $0.exchange, currency: $0.currency.uppercased())
    }
    guard generator.holdings <= book.instruments.count, prices.panel.barCount > 0 else {
      throw BookJobError.notGenerated(
        reason:
          "panel \(prices.panel.name) has \(book.instruments.count) symbols in \(currency), and "
          + "\(generator.holdings) are wanted for each portfolio")
    }
    let market = try prices.market(of: book, withRates: false)
    var made = generator.make(
      firm: book.firm, market: market, instruments: book.instruments)
    made.prices = book.prices
    try BookStore.write(made, to: path, force: force)
    return made
  }
}

/// Paths as books keep them.
public enum BookPaths {
  /// A path as seen from the folder of a book: relative where it lies in that folder, else absolute.
  public static func relative(_ path: String, to book: String) -> String {
    let (path, folder) = (SpecFile.absolute(path), SpecFile.split(SpecFile.absolute(book)).folder)
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
  }
}
