import Books
import Testing

/// Gain as a fraction of what was paid, fees included.
@Suite struct GainShareTests {
  private func position(_ entries: [Entry], splits: [BookMarket.Split] = []) throws -> Position {
    let book = SampleBooks.book(portfolios: 2, symbols: ["A"], entries)
    let market = try SampleBooks.market(
      SampleBooks.panel([("A", [Double](repeating: 100, count: 9))]), book, splits: [splits])
    return try #require(BookLedger(of: 0, in: book, market: market).position(0))
  }

  @Test(
    "10 at 100 with a fee of 5, and 10 at 120 with one of 15: 2,220 paid; all sold for 2,442 is 10 %"
  )
  func purchases() throws {
    let found = try position([
      SampleBooks.deposit(0, 10_000), SampleBooks.buy(1, 0, 10, 100, fee: 5),
      SampleBooks.buy(2, 0, 10, 120, fee: 15), SampleBooks.sell(3, 0, 20, 122.2, fee: 2),
    ])
    #expect(found.invested == 2220)
    #expect(abs(found.share(of: found.realised) - 0.1) < 1e-15)
  }

  @Test("a split leaves what was paid as it was")
  func split() throws {
    let found = try position(
      [SampleBooks.deposit(0, 1000), SampleBooks.buy(1, 0, 4, 100, fee: 10)],
      splits: [.init(timeNs: 2 * SampleBooks.day, ratio: 4)])
    #expect(found.units == 16 && found.invested == 410)
  }

  @Test("units that came by a transfer count with the cost that came along")
  func received() throws {
    let into = Entry(
      timeNs: SampleBooks.day, sequence: 1, wallet: 0, kind: .transferIn, instrument: 0, cash: 0,
      units: 5, price: 80, counter: 1)
    let found = try position([into])
    #expect(found.bought == 0 && found.invested == 400)
    #expect(found.share(of: 100) == 0.25)
  }

  @Test("a short gains on what it brought: sold at 100 with a fee of 1, bought back at 89.1")
  func short() throws {
    let found = try position([
      SampleBooks.deposit(0, 10_000), SampleBooks.sell(1, 0, 10, 100, fee: 10),
      SampleBooks.buy(2, 0, 10, 89.1),
    ])
    #expect(found.invested == 990)
    #expect(abs(found.share(of: found.realised) - 0.1) < 1e-15)
  }

  @Test("without anything paid there is no fraction")
  func nothing() throws {
    let found = try position([SampleBooks.deposit(0, 10), SampleBooks.dividend(1, 0, 5)])
    #expect(found.share(of: 5).isNaN)
  }
}
