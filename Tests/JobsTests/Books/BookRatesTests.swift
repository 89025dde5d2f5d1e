import Books
import Jobs
import Market
import Storage
import TestSupport
import Testing

/// What a book's money is worth in the currency of its firm.
@Suite struct BookRatesTests {
  /// Three days of bitcoins, held by a firm in euros.
  private func worth(_ rates: [(symbol: String, closes: [Double])]) throws -> [Double] {
    let folder = try ScratchFolder()
    func draft(_ name: String, _ columns: [(symbol: String, closes: [Double])]) -> PanelDraft {
      PanelDraft(
        name: name, timeNs: (0..<3).map { Int64($0) * Calendar.dayNs },
        symbols: columns.map { .init(symbol: $0.symbol) }, calendar: Calendar(.crypto),
        frequencyNs: Calendar.dayNs,
        fields: [
          .init(name: "close", values: (0..<3).flatMap { bar in columns.map { $0.closes[bar] } })
        ])
    }
    try PriceStore.write(
      [draft("days", [("AAA", [1, 1, 1])]), draft("fx", rates)], to: folder.path("prices.h5"))
    var book = Book(firm: .init(id: "f", currency: "EUR"))
    (book.prices.store, book.prices.panel, book.prices.rates) = ("prices.h5", "days", "fx")
    book.advisors = [.init(id: "a")]
    book.clients = [.init(id: "c", advisor: 0)]
    book.portfolios = [.init(id: "p", client: 0, currency: "EUR")]
    book.wallets = [.init(id: "w", portfolio: 0, currency: "BTC")]
    book.entries = EntryTable([], portfolioOf: [0], portfolioCount: 1)
    try BookStore.write(book, to: folder.path("book.h5"))
    return try BookSession.open(folder.path("book.h5")).market.rates(
      from: "BTC", to: "EUR", bars: 0..<3)
  }

  @Test(
    "a rate of both, either way round, counts before two by way of dollars, and these before others"
  )
  func third() throws {
    let (btc, eur) = ([100.0, 200, 300], [1.25, .nan, 1.5])
    let dollars: [(String, [Double])] = [("EUR/USD", eur), ("BTCUSD", btc)]
    let found = try worth(dollars)
    for (value, expected) in zip(found, [80.0, 160, 200]) {
      #expect((value - expected).magnitude < 1e-9)
    }
    #expect(try worth(dollars + [("EURBTC", [0.5, 0.25, 0.125])]) == [2, 4, 8])
    let francs: [(String, [Double])] = [("EURCHF", [1, 1, 1]), ("BTC-CHF", [7, 7, 7])]
    #expect(try worth(francs + dollars) == found)
    #expect(try worth(francs) == [7, 7, 7])
    #expect(throws: BookJobError.self) { try worth([("BTCUSD", btc), ("EURCHF", [1, 1, 1])]) }
  }
}
