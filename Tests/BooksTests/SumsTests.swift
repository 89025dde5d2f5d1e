import Books
import Market
import Metrics
import TestSupport
import Testing

/// Sums over portfolios, against the sums of their parts.
@Suite struct SumsTests {
  @Test("equity and gain of groups are the sums of those of portfolios", arguments: 1...6)
  func sumsOfPortfolios(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let sample = try RandomBook(seed: seed)
    let (book, market) = (sample.book, sample.market)
    let bars = random.pick([0, 1, 57])..<random.pick([200, 300])
    func rate(_ currency: String, _ bar: Int) -> Double {
      market.rate(from: currency, to: "USD", at: bar)
    }
    let histories = try book.portfolios.indices.map {
      try PortfolioHistory(of: $0, in: book, market: market, bars: bars)
    }
    let keys: [SumKey] = [
      .firm, .advisor, .client, .portfolio, .label("branch"), .sector, .currency,
    ]
    for key in keys {
      let sums = BookSums(by: key, in: book, market: market, bars: bars)
      let groups = try #require(sums.run(workers: 2) { $0 })
      let again = try #require(sums.run(workers: 7) { $0 })
      #expect(zip(groups, again).allSatisfy { $0.equity == $1.equity && $0.flowsIn == $1.flowsIn })
      for (place, bar) in bars.enumerated() {
        let expected = histories.enumerated().reduce(0.0) {
          $0 + $1.element.equity[place] * rate(book.portfolios[$1.offset].currency, bar)
        }
        let found = groups.reduce(0) { $0 + $1.equity[place] }
        #expect(
          abs(found - expected) < 1e-9 * max(1, expected), "seed \(seed), \(key.name), bar \(bar)")
      }
      // What the groups earned is what the firm earned, however it is cut.
      let firm = try #require(
        BookSums(by: .firm, in: book, market: market, bars: bars).run { $0.gain }?.first)
      #expect(
        abs(groups.reduce(0) { $0 + $1.gain } - firm) < 1e-6, "seed \(seed), \(key.name)")
    }
    // A portfolio in the sums' currency is its own history.
    let own = try #require(
      BookSums(by: .portfolio, in: book, market: market, bars: bars).run { $0 })
    for (portfolio, group) in own.enumerated() where book.portfolios[portfolio].currency == "USD" {
      let history = histories[portfolio]
      #expect(group.name == book.portfolios[portfolio].id)
      for place in history.equity.indices where history.equity[place] > 1 {
        #expect(abs(group.equity[place] - history.equity[place]) < 1e-9 * history.equity[place])
        #expect(abs(group.flowsIn[place] - history.flowsIn[place]) < 1e-6)
        #expect(abs(group.flowsOut[place] - history.flowsOut[place]) < 1e-6)
      }
    }
  }

  @Test("a sector by hand: 10 at 100 become 110, half is sold at 110, and 5 are paid as dividend")
  func sectorByHand() throws {
    var book = Book(firm: Book.Firm(id: "f"))
    book.advisors = [Book.Advisor(id: "a")]
    book.clients = [Book.Client(id: "c", advisor: 0)]
    book.portfolios = [Book.Portfolio(id: "p", client: 0)]
    book.wallets = [Book.Wallet(id: "w", portfolio: 0)]
    book.instruments = [Book.Instrument(symbol: "S0")]
    func entry(_ day: Int64, _ kind: Entry.Kind, _ cash: Double, _ units: Double = 0) -> Entry {
      Entry(
        timeNs: day * Sample.day, wallet: 0, kind: kind, instrument: kind == .deposit ? nil : 0,
        cash: cash, units: units, price: 100)
    }
    book.entries = EntryTable(
      [
        entry(0, .deposit, 2000), entry(0, .buy, -1000, 10), entry(1, .sell, 550, -5),
        entry(2, .dividend, 5),
      ], portfolioOf: [0], portfolioCount: 1)
    let market = try BookMarket(
      panel: Sample.panel([("S0", [100, 110, 110])]), instruments: book.instruments)
    let groups = try #require(
      BookSums(by: .sector, in: book, market: market, bars: 0..<3).run { $0 })
    #expect(groups.map(\.name) == ["Tech", "cash"])
    #expect(groups[0].equity == [1000, 550, 550])
    #expect(groups[0].flowsIn == [1000, 0, 0] && groups[0].flowsOut == [0, 550, 5])
    #expect(groups[0].gain == 105 && groups[1].gain == 0)
    let returns = [0, 0.1, 555.0 / 550 - 1]
    #expect(zip(groups[0].returns, returns).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(groups[1].equity == [1000, 1550, 1555])
    #expect(groups[1].flowsIn == [2000, 550, 5] && groups[1].flowsOut == [1000, 0, 0])
  }

  @Test("tables of positions have the bits of holdings", arguments: 1...6)
  func positionTables(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let sample = try RandomBook(seed: seed)
    let instant = Int64(random.int(40...1300)) * (Sample.day / 4)
    let expected = try sample.book.portfolios.indices.map {
      try Holdings(of: $0, in: sample.book, market: sample.market, asOf: instant).equity
    }
    for workers in [1, 2, 7] {
      let table = try PositionTable(
        in: sample.book, market: sample.market, asOf: instant, workers: workers)
      let found = table.equity(in: sample.book, market: sample.market, workers: workers)
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "seed \(seed)")
    }
  }
}
