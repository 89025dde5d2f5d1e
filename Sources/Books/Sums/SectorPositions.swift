/// What positions of portfolios earned by sector, as `PositionSeries` tells it: the one rule of what a sector returned.
struct SectorPositions: Sendable {
  private let book: Book
  private let market: BookMarket
  private let rows: PositionSeries.Rows
  private let isMember: [Bool]
  private let instant: Int64

  /// - Parameters:
  ///   - portfolios: positions in the book.
  ///   - instant: entries from it on don't count.
  init(_ book: Book, _ market: BookMarket, _ portfolios: [Int], before instant: Int64) {
    self.book = book
    self.market = market
    self.instant = instant
    rows = PositionSeries.Rows(of: portfolios, in: book)
    var isMember = [Bool](repeating: false, count: book.portfolios.count)
    for portfolio in portfolios { isMember[portfolio] = true }
    self.isMember = isMember
  }

  /// The series of some symbols together; nil for none, which is cash.
  ///
  /// - Parameter last: the last bar; what came after it has a place behind it.
  func series(of instruments: [Int], currency: String, last: Int) -> PositionSeries? {
    if instruments.isEmpty { return nil }
    var sum = PositionSeries(barCount: last + 2)
    for instrument in instruments {
      sum += PositionSeries(
        of: instrument, rows[instrument], isMember: isMember, in: book, market: market,
        currency: currency, before: instant, last: last)
    }
    return sum
  }
}
