import Advice
import Books
import Kernels
import Market
import Risk

/// A small market and a book over it, for limits that are worked by hand.
///
/// Symbols A (Tech), B (Tech), C (Energy) and N (Health) close at 50, 20, 10 and 8 on the last of 300 days; N has the last 31 alone.
struct LimitSample {
  static let day = Calendar.dayNs
  static let bars = 300
  var book: Book
  let panel: PricePanel

  /// Closes whose last is `last`, and whose returns are of whole thousandths in turn.
  static func closes(_ last: Double, step: Int, from first: Int = 0) -> [Double] {
    var closes = [Double](repeating: .nan, count: bars)
    closes[bars - 1] = last
    for bar in stride(from: bars - 2, through: first, by: -1) {
      let earned = Double((bar + 1) * step % 41 - 20) / 1000
      closes[bar] = closes[bar + 1] / (1 + earned)
    }
    return closes
  }

  init(_ portfolios: [Profile], _ entries: [Entry]) {
    let rows = [
      Self.closes(50, step: 17), Self.closes(20, step: 29), Self.closes(10, step: 7),
      Self.closes(8, step: 13, from: 269),
    ]
    let names = [("A", "Tech"), ("B", "Tech"), ("C", "Energy"), ("N", "Health")]
    panel = PricePanel(
      name: "p", time: TimeAxis(ns: (0..<Self.bars).map { Int64($0) * Self.day }),
      symbols: SymbolTable(names.map { .init(symbol: $0.0, sector: $0.1, currency: "USD") }),
      calendar: Calendar(.usEquity), frequencyNs: Self.day, fields: ["close"],
      lifetimes: [0...299, 0...299, 0...299, 269...299], contentHash: "",
      storage: HeapPanelStorage(
        fields: [(0..<Self.bars).flatMap { bar in rows.map { $0[bar] } }]))
    var book = Book(firm: .init(id: "F"))
    book.advisors = [.init(id: "adv")]
    book.clients = portfolios.indices.map { .init(id: "c\($0)", advisor: 0) }
    book.portfolios = portfolios.enumerated().map {
      .init(id: "p\($0)", client: $0, profile: $1)
    }
    book.wallets = portfolios.indices.map { .init(id: "w\($0)", portfolio: $0) }
    book.instruments = names.map { .init(symbol: $0.0, currency: "USD") }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: portfolios.count)
    self.book = book
  }

  static func deposit(_ amount: Double, wallet: Int = 0) -> Entry {
    Entry(timeNs: 298 * day, sequence: 0, wallet: wallet, kind: .deposit, cash: amount)
  }

  /// A purchase on the last day.
  static func buy(_ instrument: Int, _ units: Double, _ price: Double, wallet: Int = 0) -> Entry {
    Entry(
      timeNs: 299 * day, sequence: Int64(instrument + 1), wallet: wallet, kind: .buy,
      instrument: instrument, cash: -units * price, units: units, price: price)
  }

  func market() throws -> BookMarket { try BookMarket(panel: panel, instruments: book.instruments) }

  /// Past returns of all symbols of the panel, whatever the book has.
  func sample(lookback: Int = 299) throws -> RiskSample {
    let whole = try BookMarket(
      panel: panel, instruments: panel.symbols.names.map { .init(symbol: $0, currency: "USD") })
    return RiskSample(
      AdviceUniverse(market: whole, currency: "USD", bar: Self.bars - 1, lookback: lookback))
  }

  func checker(_ rules: [Limit] = []) throws -> LimitChecker {
    LimitChecker(book: book, market: try market(), rules: rules, samples: ["USD": try sample()])
  }

  func checks(_ rules: [Limit] = [], of portfolio: Int = 0) throws -> [LimitCheck] {
    let checker = try checker(rules)
    let drawdowns = try LimitSweep.drawdowns(checker, [portfolio], asOf: .max)
    return checker.checks(
      try Holdings(of: portfolio, in: book, market: checker.market, asOf: .max),
      drawdowns: drawdowns?.first ?? [:])
  }
}
