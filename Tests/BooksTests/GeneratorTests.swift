import Books
import Testing

/// Books of any size, drawn from a seed.
@Suite struct GeneratorTests {
  @Test("portfolios differ, lack nothing, and a seed decides them") func drawn() throws {
    func closes(_ symbol: Int) -> [Double] {
      (0..<200).map { bar -> Double in
        let wave: Int = bar * (symbol + 3) % 11
        return Double(20 + symbol + wave)
      }
    }
    let panel = Sample.panel((0..<9).map { ("S\($0)", closes($0)) })
    let instruments = (0..<9).map { Book.Instrument(symbol: "S\($0)", currency: "USD") }
    let market = try BookMarket(panel: panel, instruments: instruments)
    func book(_ seed: UInt64) throws -> Book {
      var generator = BookGenerator(portfolios: 40, holdings: 3, transactions: 2000)
      generator.seed = seed
      let book = generator.make(
        firm: Book.Firm(id: "f"), market: market, instruments: instruments)
      try BookCheck.check(book)
      return book
    }
    let first = try book(1)
    #expect(try book(1) == first && book(2) != first)
    var ends: Set<Double> = []
    for portfolio in first.portfolios.indices {
      var lacks = 0
      let ledger = BookLedger(of: portfolio, in: first, market: market) { ledger, entry, _ in
        if ledger.shortfall(entry, first.portfolios[portfolio].profile) != nil { lacks += 1 }
      }
      #expect(lacks == 0, "\(portfolio)")
      ends.insert(ledger.balances[0])
    }
    #expect(ends.count > 35)
    #expect(Set(first.entries.kind).count == 5)
    #expect(Set(first.entries.instrument).count == 10)
    #expect(Set(first.portfolios.map(\.profile.riskLevel)).count > 5)
  }
}
