import Books

/// What a portfolio holds, as advice and switches see it: lines of the universe, money, and weights of what can be traded.
public struct PortfolioStanding: Sendable {
  /// Holdings, then symbols of the target that are not held.
  public let account: SwitchAccount
  /// Column of the universe by line; nil for a symbol that the panel lacks.
  public let columns: [Int?]
  /// Symbols that have no mark or no rate, and are left out of equity.
  public let unmarked: [String]
  /// Money and all that can be traded, in the portfolio's currency.
  public let equity: Double

  /// Reads holdings.
  ///
  /// - Parameters:
  ///   - market: of the book's symbols, over the panel of the universe.
  ///   - wanted: columns of the target.
  ///   - lots: units traded at once by column; 0 for any part of one.
  public init(
    _ holdings: Holdings, in book: Book, market: BookMarket, universe: AdviceUniverse,
    wanted: [Int], lots: (_ column: Int) -> Double = { _ in 0 }
  ) {
    let portfolio = book.portfolios[holdings.portfolio]
    let home = portfolio.currency.uppercased()
    let wallets = book.wallets(of: holdings.portfolio)
    var lines: [SwitchAccount.Line] = []
    var columns: [Int?] = []
    for row in holdings.rows {
      let column = market.columns[row.instrument]
      let told = market.currencies[row.instrument]
      lines.append(
        SwitchAccount.Line(
          symbol: book.instruments[row.instrument].symbol, sector: market.sectors[row.instrument],
          units: row.units, price: row.price,
          currency: told.isEmpty ? home : told,
          rate: row.rate, lot: column.map(lots) ?? 0))
      columns.append(column)
    }
    let held = Set(columns.compactMap(\.self))
    for column in wanted where !held.contains(column) {
      let told = universe.market.currencies[column]
      let currency = told.isEmpty ? home : told
      lines.append(
        SwitchAccount.Line(
          symbol: universe.symbols[column], sector: universe.market.sectors[column], units: 0,
          price: universe.prices[column], currency: currency,
          rate: market.rate(from: currency, to: home, at: universe.bar), lot: lots(column)))
      columns.append(column)
    }
    let money = zip(wallets, holdings.ledger.balances).map { place, balance in
      let currency = book.wallets[place].currency.uppercased()
      return SwitchAccount.Wallet(
        id: book.wallets[place].id, currency: currency, balance: balance,
        rate: market.rate(from: currency, to: home, at: universe.bar))
    }
    var account = SwitchAccount(lines: lines, wallets: money)
    account.mayBorrow = portfolio.profile.leverage > 1
    self.account = account
    self.columns = columns
    unmarked = lines.filter { !$0.isTradable && $0.units != 0 }.map(\.symbol)
    equity = account.equity
  }

  /// Weights of what is held, by column.
  public var weights: [(column: Int, weight: Double)] {
    guard equity > 0 else { return [] }
    return zip(columns, account.lines).compactMap { column, line in
      guard let column, line.isTradable, line.units != 0 else { return nil }
      return (column, line.value / equity)
    }
  }

  /// Weights of a target, by line; a symbol that two lines have counts in the first.
  public func weights(of target: [Int: Double]) -> [Double] {
    var seen: Set<Int> = []
    return columns.map { column in
      guard let column, seen.insert(column).inserted else { return 0 }
      return target[column] ?? 0
    }
  }
}
