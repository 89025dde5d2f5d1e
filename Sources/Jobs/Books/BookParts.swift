import Books
import Metrics

/// The rows of a table by level: what they are called, and their money.
struct BookParts: Sendable {
  /// A row's money, its trades, and what was held after each bar.
  struct Money {
    var path: MoneyPath
    var trips: RoundTrips?
    var holdings: [LaneHistory.Holding] = []
  }

  private enum Members: Sendable {
    /// Portfolios of each row.
    case accounts([[Int]])
    /// Symbols of each row.
    case positions([[Int]])
  }

  /// Names of the rows.
  let ids: [String]
  private let members: Members
  private let book: Book
  private let market: BookMarket
  private let rows: PositionSeries.Rows
  private let isMember: [Bool]
  /// What sums over portfolios are told in: their currency if they have one, else the firm's.
  private let common: String

  init(_ book: Book, _ market: BookMarket, _ portfolios: [Int], _ level: BookMetrics.Level) {
    self.book = book
    self.market = market
    isMember = {
      var isMember = [Bool](repeating: false, count: book.portfolios.count)
      for portfolio in portfolios { isMember[portfolio] = true }
      return isMember
    }()
    common = Self.currency(of: portfolios, book)
    let byPosition = level == .sector || level == .symbol
    let rows = PositionSeries.Rows(of: byPosition ? portfolios : [], in: book)
    self.rows = rows
    func grouped(_ names: [String], _ place: (Int) -> Int) -> ([String], [[Int]]) {
      var groups = names.map { _ in [Int]() }
      for portfolio in portfolios { groups[place(portfolio)].append(portfolio) }
      let kept = groups.indices.filter { !groups[$0].isEmpty }
      return (kept.map { names[$0] }, kept.map { groups[$0] })
    }
    let named = book.instruments.indices.filter { !rows[$0].isEmpty }
    switch level {
    case .portfolio:
      ids = portfolios.map { book.portfolios[$0].id }
      members = .accounts(portfolios.map { [$0] })
    case .client:
      let (names, groups) = grouped(book.clients.map(\.id)) { book.portfolios[$0].client }
      (ids, members) = (names, .accounts(groups))
    case .advisor:
      let (names, groups) = grouped(book.advisors.map(\.id)) {
        book.clients[book.portfolios[$0].client].advisor
      }
      (ids, members) = (names, .accounts(groups))
    case .firm:
      ids = portfolios.isEmpty ? [] : [book.firm.id]
      members = .accounts(portfolios.isEmpty ? [] : [portfolios])
    case .symbol:
      ids = named.map { book.instruments[$0].symbol }
      members = .positions(named.map { [$0] })
    case .sector:
      let sectors = Set(named.map { market.sectors[$0] }).sorted()
      ids = sectors
      members = .positions(sectors.map { sector in named.filter { market.sectors[$0] == sector } })
    }
  }

  /// The currency that portfolios share, else the firm's.
  static func currency(of portfolios: [Int], _ book: Book) -> String {
    let all = Set(portfolios.map { book.portfolios[$0].currency.uppercased() })
    return all.count == 1 ? all.first ?? "" : book.firm.currency.uppercased()
  }

  /// What a row's money is told in.
  func currency(_ place: Int) -> String {
    switch members {
    case .accounts(let groups): Self.currency(of: groups[place], book)
    case .positions: common
    }
  }

  /// A row's money over bars of the panel.
  func money(_ place: Int, bars: Range<Int>, trips wantsTrips: Bool, holdings wantsHoldings: Bool)
    throws(BooksError) -> Money
  {
    let currency = currency(place)
    let instant = market.end(of: bars.upperBound - 1)
    var trips = RoundTrips()
    switch members {
    case .positions(let groups):
      var sum = PositionSeries(barCount: market.panel.barCount)
      for symbol in groups[place] {
        sum += PositionSeries(
          of: symbol, rows[symbol], isMember: isMember, in: book, market: market,
          currency: currency, before: instant)
        if wantsTrips {
          trips.add(rows[symbol], in: book, market: market, currency: currency, before: instant)
        }
      }
      let path = MoneyPath(sum, bars: bars, of: market.panel)
      var money = Money(path: path, trips: wantsTrips ? trips : nil)
      if wantsHoldings {
        money.holdings = path.equity.map { value in
          var holding = LaneHistory.Holding()
          if value != 0 { holding.add(value > 0 ? 1 : -1) }
          return holding
        }
      }
      return money
    case .accounts(let groups):
      let path = try MoneyPath(
        sum: groups[place], in: book, market: market, currency: currency, bars: bars)
      if wantsTrips {
        for portfolio in groups[place] {
          trips.add(
            book.entries.range(of: portfolio), in: book, market: market, currency: currency,
            before: instant)
        }
      }
      var money = Money(path: path, trips: wantsTrips ? trips : nil)
      if wantsHoldings { money.holdings = holdings(groups[place], path, currency, instant) }
      return money
    }
  }

  private func holdings(
    _ portfolios: [Int], _ path: MoneyPath, _ currency: String, _ instant: Int64
  ) -> [LaneHistory.Holding] {
    let rows = PositionSeries.Rows(of: portfolios, in: book)
    var holdings = path.bars.map { _ in LaneHistory.Holding() }
    var isOwn = [Bool](repeating: false, count: book.portfolios.count)
    for portfolio in portfolios { isOwn[portfolio] = true }
    for symbol in book.instruments.indices where !rows[symbol].isEmpty {
      let series = PositionSeries(
        of: symbol, rows[symbol], isMember: isOwn, in: book, market: market, currency: currency,
        before: instant)
      for (place, bar) in path.bars.enumerated()
      where series.values[bar] != 0 && path.equity[place] > 0 {
        holdings[place].add(series.values[bar] / path.equity[place])
      }
    }
    return holdings
  }
}
