import Books
import Market
import Metrics
import Testing

/// Values and returns worked by hand.
@Suite struct ValuationTests {
  private static func book(
    wallets: [String] = ["USD"], symbols: Int = 1, portfolios: Int = 1, _ entries: [Entry]
  ) -> Book {
    var book = Book(firm: Book.Firm(id: "f"))
    book.advisors = [Book.Advisor(id: "a")]
    book.clients = [Book.Client(id: "c", advisor: 0)]
    for portfolio in 0..<portfolios {
      book.portfolios.append(Book.Portfolio(id: "p\(portfolio)", client: 0))
      for (place, currency) in wallets.enumerated() {
        book.wallets.append(
          Book.Wallet(id: "w\(portfolio).\(place)", portfolio: portfolio, currency: currency))
      }
    }
    book.instruments = (0..<symbols).map { Book.Instrument(symbol: "S\($0)") }
    book.entries = EntryTable(
      entries, portfolioOf: book.wallets.map(\.portfolio), portfolioCount: portfolios)
    return book
  }

  private static func entry(
    _ day: Int64, _ kind: Entry.Kind, _ cash: Double, _ units: Double = 0, price: Double = .nan,
    symbol: Int = 0, wallet: Int = 0, counter: Int? = nil, fee: Double = 0
  ) -> Entry {
    Entry(
      timeNs: day * Sample.day, sequence: day, wallet: wallet, kind: kind,
      instrument: units == 0 ? nil : symbol, cash: cash, units: units, price: price, fee: fee,
      counter: counter)
  }

  private static func market(
    _ book: Book, _ closes: [[Double]], currencies: [String] = [],
    splits: [[BookMarket.Split]] = [], rates: [String: [Double]] = [:]
  ) throws -> BookMarket {
    try BookMarket(
      panel: Sample.panel(
        closes.enumerated().map { ("S\($0.offset)", $0.element) }, currencies: currencies),
      instruments: book.instruments, splits: splits, rates: rates)
  }

  @Test("money that comes in works from the start of its bar, what goes out until its end")
  func timeWeighted() throws {
    let book = Self.book([
      Self.entry(0, .deposit, 1000), Self.entry(0, .buy, -1000, 10, price: 100),
      Self.entry(2, .deposit, 1000), Self.entry(3, .withdrawal, -210),
    ])
    let market = try Self.market(book, [[100, 110, 99, 121]])
    let history = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<4)
    #expect(history.equity == [1000, 1100, 1990, 2000])
    #expect(history.flowsIn == [1000, 0, 1000, 0])
    #expect(history.flowsOut == [0, 0, 0, 210])
    let expected = [0, 0.1, 1990.0 / 2100 - 1, 2210.0 / 1990 - 1]
    #expect(zip(history.returns, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(abs(history.timeWeightedReturn - (1.1 * 2210 / 2100 - 1)) < 1e-15)
    let lane = history.summary()
    #expect(lane.bars == 4 && lane.initialEquity == 1000 && lane.finalEquity == 2000)
    #expect(abs(lane.timeWeightedGrowth - 1.1 * 2210 / 2100) < 1e-15)
  }

  @Test("a hundred now and a hundred after 1,460 days, 231 after 2,920: 10 % in four years")
  func moneyWeighted() throws {
    let days = 2920
    var closes = [Double](repeating: 1, count: days)
    closes[days - 1] = 1.31
    let book = Self.book([
      Self.entry(0, .deposit, 100), Self.entry(0, .buy, -100, 100, price: 1),
      Self.entry(1460, .deposit, 100),
    ])
    let market = try Self.market(book, [closes])
    let history = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<days)
    let wanted = 1.1.squareRoot().squareRoot() - 1
    #expect(abs(history.moneyWeightedReturn - wanted) < 1e-12)
    #expect(abs(history.summary().moneyWeightedReturn - wanted) < 1e-12)
  }

  // Roots found by scipy.optimize.brentq of Σ amount · (1 + r)^((1600 − day) / 365) − final; days and amounts are random.
  @Test(
    "money-weighted returns as scipy finds them",
    arguments: [
      (
        [
          (0, 520.23), (937, 822.97), (1026, -392.63), (1163, 749.72), (1250, 715.9),
          (1345, 255.11),
        ],
        2598.45, -0.015002724590432063
      ),
      ([(0, 723.11), (512, 306.37), (1079, 374.9)], 2241.32, 0.14774416058709808),
      ([(0, 1484.54), (1188, -98.57), (1211, -175.7)], 1514.39, 0.045225408120417254),
      (
        [(0, 752.69), (65, 884.03), (172, 480.92), (212, 319.76), (667, 295.62)], 2521.93,
        -0.020021385701307574
      ),
      ([(0, 1068.84), (145, -119.15), (288, 117.35), (1489, -394.77)], 972.8, 0.06006446868466529),
      (
        [(0, 813.71), (401, 786.01), (800, 495.6), (1320, 638.48), (1447, -271.91)], 2922.34,
        0.056344604447475244
      ),
    ] as [([(Int, Double)], Double, Double)])
  func moneyWeightedAsScipy(flows: [(Int, Double)], final: Double, rate: Double) throws {
    // The last day brings what is missing, as interest.
    let held = flows.reduce(0) { $0 + $1.1 }
    var entries = flows.map { Self.entry(Int64($0.0), $0.1 > 0 ? .deposit : .withdrawal, $0.1) }
    entries.append(Self.entry(1599, final > held ? .dividend : .fee, final - held))
    let book = Self.book(entries)
    let market = try Self.market(book, [[Double](repeating: 1, count: 1600)])
    let history = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<1600)
    #expect(abs((history.equity.last ?? 0) - final) < 1e-9)
    #expect(abs(history.moneyWeightedReturn - rate) < 1e-9)
  }

  @Test("two currencies: 10 units at 20 EUR and 100 USD, at 1.25 dollars a euro")
  func currencies() throws {
    let book = Self.book(
      wallets: ["USD", "EUR"],
      [
        Self.entry(0, .deposit, 400), Self.entry(0, .transferOut, -300, counter: 1),
        Self.entry(0, .transferIn, 250, wallet: 1, counter: 0),
        Self.entry(0, .buy, -150, 10, price: 15, wallet: 1),
      ])
    let market = try Self.market(
      book, [[15, 20]], currencies: ["EUR"], rates: ["EUR": [1.2, 1.25]])
    let holdings = try Holdings(of: 0, in: book, market: market, asOf: 2 * Sample.day)
    let row = try #require(holdings.rows.first)
    #expect(row.rate == 1.25 && row.price == 20 && row.value == 250 && row.markBar == 1)
    #expect(row.cost == 187.5 && row.unrealised == 62.5)
    #expect(holdings.cash == 225 && holdings.equity == 475)
    #expect(abs(holdings.weight(of: row) - 250.0 / 475) < 1e-15)
    let history = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<2)
    // 100 + (100 + 10 × 15) × 1.2 and 475; the transfer within the portfolio is no flow.
    #expect(history.equity == [400, 475] && history.flowsIn == [400, 0])
  }

  @Test("as of a date means its end, as of an instant what had happened by it")
  func asOf() throws {
    #expect(AsOf.parse("1970-01-02") == 2 * Sample.day)
    #expect(AsOf.parse("1970-01-02T00:00") == Sample.day + 1)
    #expect(AsOf.parse("1970-02-30") == nil && AsOf.parse("soon") == nil)
    #expect(AsOf.text(2 * Sample.day) == "1970-01-02")
    #expect(AsOf.parse(AsOf.text(Sample.day + 1)) == Sample.day + 1)
    let book = Self.book([Self.entry(0, .deposit, 50), Self.entry(1, .deposit, 7)])
    let market = try Self.market(book, [[1, 2, 3]])
    func cash(_ text: String) throws -> Double {
      try Holdings(of: 0, in: book, market: market, asOf: AsOf.parse(text) ?? 0).cash
    }
    #expect(try cash("1970-01-01") == 50)
    #expect(try cash("1970-01-02") == 57)
    #expect(throws: BooksError.beforePrices(panel: "sample", asOf: 1, first: Sample.day)) {
      try Holdings(of: 0, in: book, market: market, asOf: 1)
    }
  }

  @Test("an old close is a mark, a missing one none, and the sum says so")
  func missingMarks() throws {
    let book = Self.book(
      symbols: 2,
      [
        Self.entry(0, .deposit, 100), Self.entry(0, .buy, -20, 2, price: 10),
        Self.entry(3, .buy, -10, 1, price: 10, symbol: 1),
      ])
    let market = try Self.market(book, [[10, 12, .nan, .nan, .nan], [.nan, .nan, .nan, .nan, 9]])
    let stale = try Holdings(of: 0, in: book, market: market, asOf: 3 * Sample.day)
    #expect(stale.equity == 104 && stale.rows.first?.markBar == 1)
    let unknown = try Holdings(of: 0, in: book, market: market, asOf: 4 * Sample.day)
    #expect(unknown.unmarked == 1 && unknown.equity.isNaN && unknown.cash == 70)
    let history = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<5)
    #expect(history.equity.map(\.isNaN) == [false, false, false, true, false])
  }

  @Test("units that go to another portfolio flow at their mark")
  func transferOfUnits() throws {
    let book = Self.book(
      portfolios: 2,
      [
        Self.entry(0, .deposit, 100), Self.entry(0, .buy, -100, 10, price: 10),
        Self.entry(1, .transferOut, 0, -4, price: 10, counter: 1),
        Self.entry(1, .transferIn, 0, 4, price: 10, wallet: 1, counter: 0),
      ])
    let market = try Self.market(book, [[10, 12, 15]])
    let from = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<3)
    let to = try PortfolioHistory(of: 1, in: book, market: market, bars: 0..<3)
    #expect(from.equity == [100, 72, 90] && from.flowsOut == [0, 48, 0])
    #expect(to.equity == [0, 48, 60] && to.flowsIn == [0, 48, 0])
    // Who gave them has earned their gain until then.
    #expect(abs(from.returns[1] - 0.2) < 1e-15 && to.returns[1] == 0 && to.returns[0].isNaN)
    let held = try Holdings(of: 1, in: book, market: market, asOf: .max)
    #expect(held.rows.first?.cost == 40 && held.rows.first?.unrealised == 20)
  }

  @Test("a split before entries of its instant, and none of before the first purchase")
  func splits() throws {
    let book = Self.book([
      Self.entry(1, .deposit, 3000), Self.entry(1, .buy, -1000, 10, price: 100),
      Self.entry(2, .buy, -500, 10, price: 50),
    ])
    let market = try Self.market(
      book, [[100, 100, 50, 55]],
      splits: [
        [
          BookMarket.Split(timeNs: Sample.day, ratio: 5),
          BookMarket.Split(timeNs: 2 * Sample.day, ratio: 2),
        ]
      ])
    let holdings = try Holdings(of: 0, in: book, market: market, asOf: .max)
    #expect(holdings.rows.first?.units == 30 && holdings.rows.first?.cost == 1500)
    #expect(holdings.equity == 30 * 55 + 1500)
    let history = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<4)
    #expect(history.equity == [0, 3000, 3000, 3150])
  }

  @Test(
    "random books conserve money: flows, gains, income and fees make up the equity",
    arguments: 1...10)
  func conservation(seed: UInt64) throws {
    let sample = try RandomBook(seed: seed, isForeign: false)
    let (book, market) = (sample.book, sample.market)
    var (inside, outside) = (0.0, 0.0)
    for portfolio in book.portfolios.indices {
      let holdings = try Holdings(of: portfolio, in: book, market: market, asOf: .max)
      // What crossed the border: money, and units at the cost that went along.
      var (flows, given) = (0.0, BookLedger(wallets: book.wallets(of: portfolio)))
      given = BookLedger(of: portfolio, in: book, market: market) { ledger, entry, _ in
        if entry.isExternal(in: book) { flows += entry.cash + entry.fee }
        if entry.kind == .transferIn, entry.instrument != nil { flows += entry.units * entry.price }
        if entry.kind == .transferOut, entry.instrument != nil {
          var copy = ledger
          flows += entry.units * copy.post(entry)
        }
      }
      #expect(given == holdings.ledger)
      let gains = holdings.ledger.positions.reduce(0) { $0 + $1.realised + $1.income }
      let unrealised = holdings.rows.reduce(0) { $0 + $1.unrealised }
      let made = flows + gains + unrealised + holdings.ledger.sundry.reduce(0, +)
      #expect(abs(made - holdings.equity) < 1e-6, "seed \(seed), portfolio \(portfolio)")
      inside += holdings.equity
      outside += holdings.ledger.balances.reduce(0, +)
    }
    #expect(inside >= outside - 1e-6)
  }

  @Test(
    "the order in which entries of different portfolios are told changes nothing", arguments: 1...4)
  func permutations(seed: UInt64) throws {
    let sample = try RandomBook(seed: seed)
    var shuffled = sample.book
    let byPortfolio = Dictionary(grouping: sample.entries) {
      sample.book.wallets[$0.wallet].portfolio
    }
    shuffled.entries = EntryTable(
      byPortfolio.keys.sorted(by: >).flatMap { byPortfolio[$0] ?? [] },
      portfolioOf: shuffled.wallets.map(\.portfolio), portfolioCount: shuffled.portfolios.count)
    #expect(shuffled == sample.book)
  }
}
