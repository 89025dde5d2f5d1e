import Books
import Market

/// Small books and markets that a person can follow.
enum SampleBooks {
  static let day = Calendar.dayNs

  /// Daily bars from 1970-01-01 on, a list of closes a symbol; NaN for none.
  static func panel(
    _ closes: [(symbol: String, closes: [Double])], frequencyNs: Int64 = Calendar.dayNs,
    times: [Int64]? = nil, currencies: [String] = [], sectors: [String] = []
  ) -> PricePanel {
    let bars = closes[0].closes.count
    let values = (0..<bars).flatMap { bar in closes.map { $0.closes[bar] } }
    return PricePanel(
      name: "p", time: TimeAxis(ns: times ?? (0..<bars).map { Int64($0) * frequencyNs }),
      symbols: SymbolTable(
        closes.indices.map {
          .init(
            symbol: closes[$0].symbol, sector: sectors.isEmpty ? "" : sectors[$0],
            currency: currencies.isEmpty ? "USD" : currencies[$0])
        }), calendar: Calendar(.usEquity), frequencyNs: frequencyNs, fields: ["close"],
      lifetimes: closes.map { symbol in
        symbol.closes.firstIndex { $0.isFinite }.flatMap { first in
          symbol.closes.lastIndex { $0.isFinite }.map { first...$0 }
        }
      }, contentHash: "", storage: HeapPanelStorage(fields: [values]))
  }

  /// A market of it.
  static func market(_ panel: PricePanel, _ book: Book, splits: [[BookMarket.Split]] = []) throws
    -> BookMarket
  {
    try BookMarket(panel: panel, instruments: book.instruments, splits: splits)
  }

  /// A firm with one advisor; each portfolio has a client of its own and a wallet in dollars.
  static func book(portfolios: Int, symbols: [String], _ entries: [Entry]) -> Book {
    var book = Book(firm: .init(id: "F"))
    book.advisors = [.init(id: "A")]
    book.clients = (0..<portfolios).map { .init(id: "C\($0)", advisor: 0) }
    book.portfolios = (0..<portfolios).map { .init(id: "P\($0)", client: $0) }
    book.wallets = (0..<portfolios).map { .init(id: "W\($0)", portfolio: $0) }
    book.instruments = symbols.map { .init(symbol: $0, currency: "USD") }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: portfolios)
    return book
  }

  static func deposit(_ at: Int64, _ amount: Double, wallet: Int = 0) -> Entry {
    Entry(timeNs: at * day, sequence: at, wallet: wallet, kind: .deposit, cash: amount)
  }

  static func buy(
    _ at: Int64, _ instrument: Int, _ units: Double, _ price: Double, fee: Double = 0,
    wallet: Int = 0
  ) -> Entry {
    Entry(
      timeNs: at * day, sequence: at, wallet: wallet, kind: .buy, instrument: instrument,
      cash: -units * price - fee, units: units, price: price, fee: fee)
  }

  static func sell(
    _ at: Int64, _ instrument: Int, _ units: Double, _ price: Double, fee: Double = 0,
    wallet: Int = 0
  ) -> Entry {
    Entry(
      timeNs: at * day, sequence: at, wallet: wallet, kind: .sell, instrument: instrument,
      cash: units * price - fee, units: -units, price: price, fee: fee)
  }

  static func dividend(_ at: Int64, _ instrument: Int, _ amount: Double, wallet: Int = 0) -> Entry {
    Entry(
      timeNs: at * day, sequence: at, wallet: wallet, kind: .dividend, instrument: instrument,
      cash: amount)
  }
}
