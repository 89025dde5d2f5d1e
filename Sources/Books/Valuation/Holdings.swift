/// What one portfolio owns as of an instant, rebuilt from its entries and marked with the last closes.
public struct Holdings: Sendable {
  /// Position of the portfolio in the book.
  public let portfolio: Int
  /// The first instant that no longer counts, nanoseconds UTC.
  public let asOf: Int64
  /// The last bar that had ended by then.
  public let bar: Int
  /// Money, units, lots, cost and gain.
  public let ledger: BookLedger
  /// What is held, in the order of first mention.
  public let rows: [Holding]
  /// Money of all wallets, in the portfolio's currency.
  public let cash: Double
  /// Value of everything held, in the portfolio's currency; NaN while something held has no mark or rate.
  public let value: Double
  /// Number of rows that have no mark or no rate.
  public let unmarked: Int

  /// What is owned: `cash + value`.
  public var equity: Double { value + cash }

  /// Values a portfolio.
  ///
  /// - Parameters:
  ///   - portfolio: its position in the book.
  ///   - asOf: entries and ends of bars before it, or bars that end with it, count: see `AsOf`.
  /// - Throws: `BooksError.beforePrices` if no bar had ended by then.
  public init(
    of portfolio: Int, in book: Book, market: BookMarket, asOf: Int64
  ) throws(BooksError) {
    guard let bar = market.bar(endedBy: asOf) else {
      throw .beforePrices(panel: market.panel.name, asOf: asOf, first: market.firstBarEnd)
    }
    let currency = book.portfolios[portfolio].currency.uppercased()
    let ledger = BookLedger(of: portfolio, in: book, market: market, before: asOf)
    let rows = ledger.positions.filter { $0.units != 0 }.map { position in
      let mark = market.mark(position.instrument, at: bar, before: asOf)
      let rate = market.rate(
        from: market.currencies[position.instrument], to: currency, at: bar)
      let price = mark?.price ?? .nan
      let value = position.units * (price * rate)
      let (cost, averageCost) = (position.cost * rate, position.averageCost * rate)
      return Holding(
        instrument: position.instrument, units: position.units, price: price, rate: rate,
        value: value, cost: cost, averageCost: averageCost, unrealised: value - cost,
        unrealisedAverage: value - averageCost, markBar: mark?.bar)
    }
    self.portfolio = portfolio
    self.asOf = asOf
    self.bar = bar
    self.ledger = ledger
    self.rows = rows
    cash = zip(ledger.wallets, ledger.balances).reduce(0) { sum, wallet in
      wallet.1 == 0
        ? sum
        : sum + wallet.1
          * market.rate(
            from: book.wallets[wallet.0].currency.uppercased(), to: currency, at: bar)
    }
    value = rows.reduce(0) { $0 + $1.value }
    unmarked = rows.count { $0.value.isNaN }
  }

  /// Share of the equity, below zero if short; NaN unless the equity is above zero.
  public func weight(of holding: Holding) -> Double {
    equity > 0 ? holding.value / equity : .nan
  }
}

extension BookMarket {
  /// The end of the first bar; the least instant without bars.
  public var firstBarEnd: Int64 { panel.barCount > 0 ? end(of: 0) : .min }
  /// The end of the last bar: what a valuation is as of unless another instant is asked for.
  public var lastEnd: Int64 { panel.barCount > 0 ? end(of: panel.barCount - 1) : .min }
}
