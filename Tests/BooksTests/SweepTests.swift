import Books
import Kernels
import Market
import Metrics
import Simulation
import TestSupport
import Testing

/// All portfolios at once, against one at a time and against dictionaries.
@Suite struct SweepTests {
  @Test("units, money and equity are those of plain dictionaries", arguments: 1...8)
  func holdingsAreNaive(seed: UInt64) throws {
    let sample = try RandomBook(seed: seed)
    let (book, market) = (sample.book, sample.market)
    for portfolio in book.portfolios.indices {
      let holdings = try Holdings(of: portfolio, in: book, market: market, asOf: .max)
      let held = (sample.ledger.units[portfolio] ?? [:]).filter { $0.value.magnitude > 1e-7 }
      #expect(Set(holdings.rows.map(\.instrument)) == Set(held.keys), "seed \(seed)")
      var equity = 0.0
      let bar = market.panel.barCount - 1
      let own = book.portfolios[portfolio].currency
      func rate(_ currency: String) -> Double {
        func worth(_ name: String) -> Double { name == "EUR" ? market.rates["EUR"]?[bar] ?? 0 : 1 }
        return worth(currency) / worth(own)
      }
      for (instrument, units) in held {
        let closes = (0...bar).map { market.panel.value(field: 0, bar: $0, symbol: instrument) }
        let last = closes.lastIndex { $0.isFinite } ?? 0
        // A close of before a split is one of old units.
        let ratio = market.splits[instrument].filter { $0.timeNs >= market.end(of: last) }
          .reduce(1) { $0 * $1.ratio }
        equity +=
          units * (closes[last] / ratio) * rate(market.panel.symbols[instrument].currency)
      }
      for wallet in book.wallets(of: portfolio) {
        let cash = sample.ledger.cash[wallet] ?? 0
        #expect(abs((holdings.ledger.balance(wallet) ?? .nan) - cash) < 1e-6)
        equity += cash * rate(book.wallets[wallet].currency)
      }
      #expect(abs(holdings.equity - equity) < 1e-9 * max(1, equity), "seed \(seed)")
    }
  }

  @Test("a history ends with what holdings are worth then", arguments: 1...8)
  func historyEndsWithHoldings(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let sample = try RandomBook(seed: seed)
    for portfolio in sample.book.portfolios.indices {
      let first = random.one(in: 2) ? 0 : random.int(0...250)
      let bars = first..<random.int(first + 1...300)
      let history = try PortfolioHistory(
        of: portfolio, in: sample.book, market: sample.market, bars: bars)
      let holdings = try Holdings(
        of: portfolio, in: sample.book, market: sample.market,
        asOf: sample.market.end(of: bars.upperBound - 1))
      #expect(history.equity.last == holdings.equity, "seed \(seed), \(portfolio), \(bars)")
      #expect(history.cash.last == holdings.cash)
      // What was earned is what flows don't explain.
      let whole = try PortfolioHistory(
        of: portfolio, in: sample.book, market: sample.market, bars: 0..<bars.upperBound)
      #expect(Array(whole.equity[bars]) == history.equity)
      #expect(
        zip(whole.returns[bars], history.returns).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    }
  }

  @Test(
    "summaries have the bits of histories, for any workers and instruction set", arguments: 1...6)
  func sweepsAreHistories(seed: UInt64) throws { try compare(seed, portfolios: 21, count: 900) }

  @Test("and where something is traded at every bar, or many portfolios hold nothing")
  func sweepsOfExtremes() throws {
    try compare(11, portfolios: 2, count: 3000)
    try compare(12, portfolios: 1100, count: 600)
  }

  @Test("a wallet without money needs no rate of its currency")
  func missingRates() throws {
    let bars = 200
    let closes = (0..<bars).map { 10 + Double($0 % 7) }
    let panel = Sample.panel([("S0", closes)], currencies: ["USD"])
    var book = Book(firm: Book.Firm(id: "firm"))
    book.instruments = [Book.Instrument(symbol: "S0")]
    book.advisors = [Book.Advisor(id: "a")]
    book.clients = [Book.Client(id: "c", advisor: 0)]
    book.portfolios = [Book.Portfolio(id: "p", client: 0, currency: "USD")]
    book.wallets = [Book.Wallet(id: "e", portfolio: 0, currency: "EUR")]
    func move(_ day: Int64, _ kind: Entry.Kind, _ cash: Double) -> Entry {
      Entry(
        timeNs: day * Sample.day, sequence: day, wallet: 0, kind: kind, instrument: nil,
        cash: cash, units: 0, price: .nan, fee: 0, counter: nil)
    }
    book.entries = EntryTable(
      [move(60, .deposit, 100), move(100, .withdrawal, -100)], portfolioOf: [0], portfolioCount: 1)
    let rates = (0..<bars).map { 50..<120 ~= $0 ? 1 + Double($0) / 1000 : .nan }
    let market = try BookMarket(
      panel: panel, instruments: book.instruments, currency: "USD", rates: ["EUR": rates])
    var expected = try PortfolioHistory(of: 0, in: book, market: market, bars: 0..<bars).summary()
    expected.returns = nil
    #expect(expected.finalEquity == 0 && expected.initialEquity == 106)
    for variant in KernelVariant.available {
      let sweep = PortfolioSweep(
        book: book, market: market, bars: 0..<bars, kernels: variant.kernels)
      #expect(sweep.summaries().map { "\($0)" } == "\([expected])", "\(variant)")
    }
  }

  private func compare(_ seed: UInt64, portfolios: Int, count: Int) throws {
    var random = TestRandom(seed: seed)
    let sample = try RandomBook(seed: seed, portfolios: portfolios, count: count)
    let first = random.pick([0, 1, 37, 128])
    let bars = first..<random.pick([first + 1, 290, 300])
    let expected = try sample.book.portfolios.indices.map {
      try PortfolioHistory(of: $0, in: sample.book, market: sample.market, bars: bars)
        .summary(minimumAcceptablePerBar: 1e-4)
    }
    for variant in KernelVariant.available {
      for workers in [1, 2, 7] {
        let found = try #require(
          PortfolioSweep(
            book: sample.book, market: sample.market, bars: bars, kernels: variant.kernels,
            minimumAcceptablePerBar: 1e-4
          ).summaries(workers: workers))
        for (portfolio, pair) in zip(found, expected).enumerated() {
          var lane = pair.1
          lane.returns = nil
          #expect(
            "\(pair.0)" == "\(lane)", "seed \(seed), portfolio \(portfolio), \(variant), \(bars)")
        }
      }
    }
  }

  @Test("a money-weighted return that nobody asks for is NaN, and all else stays", arguments: 1...3)
  func moneyWeightedIsOptional(seed: UInt64) throws {
    let sample = try RandomBook(seed: seed)
    func summaries(_ finds: Bool) -> [LaneSummary] {
      PortfolioSweep(
        book: sample.book, market: sample.market, bars: 0..<300,
        kernels: KernelVariant.best.kernels, findsMoneyWeightedReturn: finds
      ).summaries() ?? []
    }
    for (found, expected) in zip(summaries(false), summaries(true)) {
      #expect(found.moneyWeightedReturn.isNaN)
      var whole = expected
      whole.moneyWeightedReturn = .nan
      #expect("\(found)" == "\(whole)")
    }
  }

  @Test("it stops when asked")
  func stops() throws {
    let sample = try RandomBook(seed: 1)
    let sweep = PortfolioSweep(
      book: sample.book, market: sample.market, bars: 0..<300, kernels: KernelVariant.best.kernels)
    #expect(sweep.summaries(isCancelled: { true }) == nil)
    #expect(sweep.summaries(of: [3, 1])?.count == 2)
  }
}
