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

  @Test("a short sector earns as its price falls; fees are no money at work")
  func shortSector() throws {
    let fee = Entry(
      timeNs: SampleBooks.day, sequence: 1, wallet: 0, kind: .fee, instrument: 0, cash: -9)
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"],
      [SampleBooks.sell(0, 0, 10, 100), fee, SampleBooks.buy(2, 0, 10, 80)])
    let market = try SampleBooks.market(SampleBooks.panel([("A", [100, 90, 80, 70])]), book)
    let groups = try #require(
      BookSums(by: .sector, in: book, market: market, bars: 0..<4).run { $0 })
    #expect(groups[0].bases == [1000, 1000, 900, 0])
    #expect(groups[0].gains == [0, 91, 100, 0])
    #expect(groups[0].path.returns == [0, 0.091, 100.0 / 900])
    #expect(groups[0].gain == 191)
  }

  @Test("sectors earn what positions earn, whatever came after the last bar", arguments: 1...6)
  func sectorsArePositions(seed: UInt64) throws {
    let random = try RandomBook(seed: seed)
    let (book, market) = (random.book, random.market)
    for (first, last) in [(0, 299), (120, 299), (40, 180)] {
      let bars = first..<last + 1
      let groups = try #require(
        BookSums(by: .sector, in: book, market: market, bars: bars).run { $0 })
      let all = Array(book.portfolios.indices)
      for group in groups where group.name != "cash" {
        var sum = PositionSeries(barCount: market.panel.barCount)
        for symbol in book.instruments.indices where market.sectors[symbol] == group.name {
          sum += PositionSeries(
            of: symbol, PositionSeries.Rows(of: all, in: book)[symbol],
            isMember: all.map { _ in true }, in: book, market: market, currency: "USD",
            before: market.end(of: last))
        }
        let path = MoneyPath(sum, bars: bars, of: market.panel)
        #expect(path.bars == group.path.bars, "seed \(seed)")
        #expect(path.returns == group.path.returns, "seed \(seed)")
        // Both tell the same money, each in its own way.
        let gain = sum.gains[bars].reduce(0, +)
        #expect(abs(gain - group.gain) < 1e-7 * max(1, abs(gain)), "seed \(seed)")
      }
    }
  }

  @Test("what is held without a mark is named, and so is money without a rate")
  func unmarked() throws {
    var book = SampleBooks.book(
      portfolios: 2, symbols: ["A", "B"],
      [
        SampleBooks.deposit(0, 1000), SampleBooks.buy(0, 0, 1, 10), SampleBooks.buy(0, 1, 1, 10),
        SampleBooks.deposit(0, 5, wallet: 1),
      ])
    book.wallets[1].currency = "EUR"
    let market = try BookMarket(
      panel: SampleBooks.panel([("A", [10, 11]), ("B", [.nan, .nan])]),
      instruments: book.instruments, currency: "USD", rates: ["EUR": [.nan, .nan]])
    let groups = try #require(
      BookSums(by: .portfolio, in: book, market: market, bars: 0..<2).run { $0 })
    #expect(groups[0].unmarked == [1] && groups[0].unrated.isEmpty)
    #expect(groups[1].unmarked.isEmpty && groups[1].unrated == ["EUR"])
    #expect(groups.allSatisfy { $0.equity[1].isNaN })
  }

  @Test("what comes after the last bar counts at its marks, behind splits, not in its return")
  func afterTheLastBar() throws {
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["S0"],
      [
        SampleBooks.deposit(0, 2000), SampleBooks.buy(0, 0, 10, 100), SampleBooks.deposit(3, 9000),
        Entry(
          timeNs: 4 * Sample.day, sequence: 4, wallet: 0, kind: .sell, instrument: 0, cash: 850,
          units: -15, price: 60, fee: 50),
      ])
    // Two new units for an old one, after the last bar too; another comes later than what is asked for.
    let splits = [3, 6].map { BookMarket.Split(timeNs: $0 * Sample.day, ratio: 2) }
    let market = try BookMarket(
      panel: Sample.panel([("S0", [100, 110, 120])]), instruments: book.instruments,
      splits: [splits])
    for first in [0, 2] {
      let sums = BookSums(
        by: .portfolio, in: book, market: market, bars: first..<3, before: 5 * Sample.day)
      let group = try #require(sums.run { $0 }?.first)
      #expect(group.long.last == 300 && group.short.last == 0 && group.cash.last == 10_850)
      #expect(group.equity.last == 11_150)
      // The bar: 2100 to 2200; then 9000 come in and the sale costs its fee.
      let (bar, later): (Double, Double) = (2200 / 2100, 11_150 / 11_200)
      let found = try #require(group.returns.last)
      #expect(abs(found - (bar * later - 1)) < 1e-15)
      #expect(group.gain == (first == 0 ? 150 : 50))
    }
    // Of sectors the sale is a flow, and money that nothing stood for before has no return.
    let sectors = try #require(
      BookSums(by: .sector, in: book, market: market, bars: 0..<3, before: 5 * Sample.day)
        .run { $0 })
    #expect(sectors[0].equity.last == 300 && sectors[0].flowsOut == [0, 0, 850])
    let (bar, later): (Double, Double) = (1200 / 1100, 1150 / 1200)
    let found = try #require(sectors[0].returns.last)
    #expect(abs(found - (bar * later - 1)) < 1e-15)
    let early = try #require(
      BookSums(by: .portfolio, in: book, market: market, bars: 0..<3).run { $0 }?.first)
    #expect(early.equity == [2000, 2100, 2200] && early.flowsIn == [2000, 0, 0])
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
