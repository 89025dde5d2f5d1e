import Books
import Testing

/// What positions were worth and earned, by hand and against ledgers.
@Suite struct PositionSeriesTests {
  private func series(
    _ book: Book, _ market: BookMarket, _ instrument: Int = 0, _ members: [Int]? = nil
  ) -> PositionSeries {
    let members = members ?? Array(book.portfolios.indices)
    return PositionSeries(
      of: instrument, PositionSeries.Rows(of: members, in: book)[instrument],
      isMember: book.portfolios.indices.map { members.contains($0) }, in: book, market: market,
      currency: "USD")
  }

  @Test("a purchase, a sale and a dividend by hand")
  func hand() throws {
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"],
      [
        SampleBooks.deposit(0, 10_000), SampleBooks.buy(1, 0, 10, 100, fee: 1),
        SampleBooks.sell(3, 0, 4, 110, fee: 2), SampleBooks.dividend(3, 0, 5),
      ])
    let market = try SampleBooks.market(
      SampleBooks.panel([("A", [100, 100, 110, 120, 130])]), book)
    let found = series(book, market)
    #expect(found.values == [0, 1_000, 1_100, 720, 780])
    #expect(found.gains == [0, -1, 100, 63, 60])
    #expect(found.bases == [0, 1_001, 1_000, 1_100, 720])
    #expect(found.fees == 3 && found.income == 5)
    let path = MoneyPath(found, bars: 0..<5, of: market.panel)
    #expect(path.bars == 1..<5)
    let returns: [Double] = [-1.0 / 1_001, 100.0 / 1_000, 63.0 / 1_100, 60.0 / 720]
    #expect(path.returns == returns)
    #expect(path.gain == 222)
    #expect(path.flows == [1_001, 0, -443, 0])
  }

  @Test("a split doubles units and moves no money")
  func split() throws {
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"],
      [
        SampleBooks.deposit(0, 10_000), SampleBooks.buy(1, 0, 10, 100),
        SampleBooks.sell(3, 0, 20, 55),
      ])
    let market = try SampleBooks.market(
      SampleBooks.panel([("A", [100, 100, 50, 55])]), book,
      splits: [[.init(timeNs: 2 * SampleBooks.day, ratio: 2)]])
    let found = series(book, market)
    #expect(found.values == [0, 1_000, 1_000, 0])
    #expect(found.gains == [0, 0, 0, 100])
  }

  @Test("a short earns as its price falls, on the money that opened it")
  func short() throws {
    let book = SampleBooks.book(
      portfolios: 1, symbols: ["A"],
      [SampleBooks.sell(0, 0, 10, 100), SampleBooks.buy(2, 0, 10, 80)])
    let market = try SampleBooks.market(SampleBooks.panel([("A", [100, 90, 80, 70])]), book)
    let path = MoneyPath(series(book, market), bars: 0..<4, of: market.panel)
    #expect(path.bars == 0..<3)
    let returns: [Double] = [0, 0.1, 100.0 / 900]
    #expect(path.returns == returns)
    #expect(path.gain == 200)
  }

  @Test("units that move between portfolios of a sum are no flow; out of it they go at the mark")
  func transfers() throws {
    let out = Entry(
      timeNs: SampleBooks.day, sequence: 5, wallet: 0, kind: .transferOut, instrument: 0, cash: 0,
      units: -10, price: 100, counter: 1)
    let into = Entry(
      timeNs: SampleBooks.day, sequence: 5, wallet: 1, kind: .transferIn, instrument: 0, cash: 0,
      units: 10, price: 100, counter: 0)
    let book = SampleBooks.book(
      portfolios: 2, symbols: ["A"],
      [SampleBooks.deposit(0, 1_000), SampleBooks.buy(0, 0, 10, 100), out, into])
    let market = try SampleBooks.market(SampleBooks.panel([("A", [100, 110, 120])]), book)
    let both = series(book, market)
    #expect(both.values == [1_000, 1_100, 1_200])
    #expect(both.gains == [0, 100, 100])
    #expect(both.bases == [1_000, 1_000, 1_100])
    let giver = series(book, market, 0, [0])
    #expect(giver.values == [1_000, 0, 0] && giver.gains == [0, 100, 0])
    let taker = series(book, market, 0, [1])
    #expect(taker.values == [0, 1_100, 1_200] && taker.gains == [0, 0, 100])
    #expect(taker.bases == [0, 1_100, 1_100])
  }

  @Test(
    "values are those of ledgers bar by bar, and gains are all that was earned", arguments: 1...20)
  func againstLedgers(seed: Int) throws {
    var random = TestNumbers(seed: UInt64(seed))
    let bars = 30
    var closes = [[Double]](repeating: [], count: 3)
    for symbol in 0..<3 {
      var price = 50.0 + 50 * random.next()
      for bar in 0..<bars {
        price *= 0.95 + 0.1 * random.next()
        closes[symbol].append(bar > 0 && random.next() < 0.1 ? .nan : price)
      }
    }
    var splits: [[BookMarket.Split]] = [[], [], []]
    splits[1] = [.init(timeNs: 11 * SampleBooks.day, ratio: 2)]
    splits[2] = [
      .init(timeNs: 5 * SampleBooks.day, ratio: 0.5), .init(timeNs: 20 * SampleBooks.day, ratio: 3),
    ]
    var entries: [Entry] = []
    for portfolio in 0..<4 {
      entries.append(SampleBooks.deposit(0, 1e6, wallet: portfolio))
      var held = [0.0, 0, 0]
      for bar in 0..<bars {
        for symbol in 0..<3 {
          for split in splits[symbol] where split.timeNs == Int64(bar) * SampleBooks.day {
            held[symbol] *= split.ratio
          }
          if random.next() > 0.2 { continue }
          let price = 50 + 50 * random.next()
          if held[symbol] > 0, random.next() < 0.5 {
            let units = random.next() < 0.5 ? held[symbol] : held[symbol] * random.next()
            entries.append(
              SampleBooks.sell(Int64(bar), symbol, units, price, fee: 1, wallet: portfolio))
            held[symbol] -= units
          } else {
            let units = (100 * random.next()).rounded() + 1
            entries.append(
              SampleBooks.buy(Int64(bar), symbol, units, price, fee: 1, wallet: portfolio))
            held[symbol] += units
          }
        }
      }
    }
    let book = SampleBooks.book(portfolios: 4, symbols: ["A", "B", "C"], entries)
    let market = try SampleBooks.market(
      SampleBooks.panel([("A", closes[0]), ("B", closes[1]), ("C", closes[2])]), book,
      splits: splits)
    for symbol in 0..<3 {
      let found = series(book, market, symbol)
      for bar in 0..<bars {
        let expected = (0..<4).reduce(0.0) { sum, portfolio in
          let ledger = BookLedger(
            of: portfolio, in: book, market: market, before: market.end(of: bar))
          let mark = market.mark(symbol, at: bar)?.price ?? .nan
          return sum + ledger.units(symbol) * mark
        }
        #expect(abs(found.values[bar] - expected) < 1e-6, "symbol \(symbol), bar \(bar)")
      }
      let cash = entries.filter { $0.instrument == symbol }.reduce(0) { $0 + $1.cash }
      #expect(abs(found.gains.reduce(0, +) - cash - found.values[bars - 1]) < 1e-6)
    }
  }
}

/// Numbers from 0 to 1 by a seed.
struct TestNumbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }
}
