import Books
import Market
import Simulation
import Storage

/// A book with the prices that value it: what every verb of books begins with.
public struct BookSession: Sendable {
  /// Which files and panels; nil takes what the book says.
  public struct Options: Sendable {
    /// Path of the price store.
    public var store: String?
    /// Name of the panel.
    public var panel: String?
    /// Name of the panel of rates of currencies.
    public var rates: String?
    /// Whether the last bar is taken as the end, so that entries after it are told of.
    public var endsWithPrices = false
    /// Number of workers; no number depends on it.
    public var workers = 1

    /// As the book says.
    public init() {}
  }

  /// Path of the book.
  public let path: String
  /// The book.
  public let book: Book
  /// SHA-256 of the book's content, in hexadecimal.
  public let contentHash: String
  /// Path of the price store.
  public let storePath: String
  /// The store.
  public let store: PriceStore
  /// Raw prices, splits and rates.
  public let market: BookMarket
  /// What the reader should know of the data.
  public let warnings: [RunWarning]
  /// Number of workers.
  public let workers: Int

  /// Opens a book and the store that it names, or another.
  ///
  /// - Parameters:
  ///   - path: the book.
  ///   - options: what is chosen by hand.
  /// - Throws: `StorageError`, `BookJobError`, `BooksError.noCloses`.
  public static func open(_ path: String, _ options: Options = Options()) throws -> BookSession {
    let stored = try BookStore.open(path)
    let source = try BookPrices(path, stored.book, options)
    let market = try source.market(of: stored.book)
    var warnings = source.warnings
    if options.endsWithPrices, let late = late(stored.book, market, source.storePath) {
      warnings.append(late)
    }
    return BookSession(
      path: path, book: stored.book, contentHash: stored.contentHash, storePath: source.storePath,
      store: source.store, market: market, warnings: warnings, workers: options.workers)
  }

  private static func late(_ book: Book, _ market: BookMarket, _ store: String) -> RunWarning? {
    let count = book.entries.timeNs.count { $0 >= market.lastEnd }
    if count == 0 { return nil }
    let end = CivilDate(daysSinceEpoch: Timestamp.split(market.lastEnd - 1).day)
    return RunWarning(
      code: "entries_after_prices", severity: .warning,
      message:
        "\(count) \(count == 1 ? "entry is" : "entries are") later than the last bar, of \(end), and left out; "
        + "append prices to \(store), or name a time with --at or --to")
  }
}

/// The store and the panels of a book, before it is known what the book holds.
struct BookPrices {
  let storePath: String
  let store: PriceStore
  let panel: PricePanel
  private(set) var warnings: [RunWarning] = []
  private let bookPath: String
  private let info: PanelInfo
  private let ratesName: String?

  init(_ path: String, _ book: Book, _ options: BookSession.Options) throws {
    bookPath = path
    guard let storePath = options.store ?? book.prices.path(besides: path) else {
      throw BookJobError.storeUnknown(book: path)
    }
    self.storePath = storePath
    store = try PriceStore.open(storePath)
    if let name = options.panel ?? (book.prices.panel.isEmpty ? nil : book.prices.panel) {
      info = try store.info(name)
    } else {
      guard store.panels.count == 1 else {
        throw BookJobError.panelUnclear(
          book: path, store: storePath, panels: store.panels.map(\.name))
      }
      info = store.panels[0]
    }
    ratesName = options.rates ?? (book.prices.rates.isEmpty ? nil : book.prices.rates)
    // One that nothing is in needs of is still to be there.
    if let rates = options.rates { _ = try store.info(rates) }
    panel = try store.loadPanel(info.name)
    if info.adjusted != .none {
      warnings.append(
        RunWarning(
          code: "adjusted_prices", severity: .warning,
          message:
            "prices of panel \(info.name) are adjusted (\(info.adjusted.rawValue)): units are not split, "
            + "so quantities of before a split must be in units of today"))
    }
  }

  /// The prices as a book sees them; without rates only units can be followed.
  func market(of book: Book, withRates: Bool = true) throws -> BookMarket {
    let base = book.firm.currency
    let foreign = withRates ? currencies(of: book).filter { $0 != base } : []
    var rates: [String: [Double]] = [:]
    if !foreign.isEmpty {
      let source = try ratesName.map { try store.loadPanel($0) } ?? panel
      do throws(PortfolioError) {
        let closes = try CurrencyRates.closes(of: foreign, in: base, panel: panel, rates: source)
        rates = Dictionary(uniqueKeysWithValues: zip(foreign, closes))
      } catch {
        guard case .rateMissing(let currency, let account, let name) = error else { throw error }
        throw BookJobError.rateMissing(
          currency: currency, base: account, panel: name,
          candidates: store.panels.map(\.name).filter { $0 != name })
      }
    }
    return try BookMarket(
      panel: panel, instruments: book.instruments, splits: splits(of: book.instruments),
      currency: base, rates: rates)
  }

  /// Currencies of wallets, portfolios and symbols, in order.
  private func currencies(of book: Book) -> [String] {
    var all = Set(book.wallets.map(\.currency))
    all.formUnion(book.portfolios.map(\.currency))
    for instrument in book.instruments {
      let known =
        panel.symbols.index(of: instrument.symbol).map { panel.symbols[$0].currency } ?? ""
      all.insert((known.isEmpty ? instrument.currency : known).uppercased())
    }
    all.remove("")
    return all.sorted()
  }

  private func splits(of instruments: [Book.Instrument]) -> [[BookMarket.Split]] {
    var splits: [[BookMarket.Split]] = instruments.map { _ in [] }
    guard info.adjusted == .none else { return splits }
    let days = DayStarts(info)
    let places = Dictionary(
      instruments.enumerated().map { ($1.symbol, $0) }, uniquingKeysWith: { first, _ in first })
    for action in store.actions.rows where action.kind == .split {
      guard let place = places[store.symbols[action.symbol].symbol] else { continue }
      splits[place].append(
        BookMarket.Split(timeNs: days.start(of: action.timeNs), ratio: action.value))
    }
    for place in splits.indices { splits[place].sort { $0.timeNs < $1.timeNs } }
    return splits
  }
}

extension Book.PriceSource {
  /// Path of the store, as seen from where we are; nil if none is set.
  func path(besides book: String) -> String? {
    if store.isEmpty { return nil }
    if store.hasPrefix("/") { return store }
    return (book.lastIndex(of: "/").map { String(book[...$0]) } ?? "") + store
  }
}
