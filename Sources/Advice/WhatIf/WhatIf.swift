import Books
import Market

/// What a portfolio would be if some trades were done now: nothing of the book changes.
public struct WhatIf: Sendable {
  /// One thing that would happen.
  public enum Step: Sendable {
    /// Units of a symbol: above zero to buy, below to sell; nil to sell all. Without a price at the mark, less slippage.
    case order(instrument: Int, units: Double?, price: Double?)
    /// An entry as it stands; its time doesn't count.
    case entry(Entry)
  }

  /// What a step did.
  public struct Fill: Sendable {
    /// Where the step came from.
    public var origin: String
    /// What it did.
    public var entry: Entry
    /// The last close; NaN without one, or without a symbol.
    public var mark: Double
    /// What one of the wallet's currency is worth in the portfolio's.
    public var rate: Double
    /// What the price is worse than the mark, in the portfolio's currency; below zero if better, 0 without a mark.
    public var slippage: Double
    /// Commission, in the portfolio's currency.
    public var commission: Double { entry.fee * rate }
  }

  /// The portfolio as it is.
  public let before: Holdings
  /// The portfolio as it would be, at the same marks.
  public let after: Holdings
  /// What each step did.
  public let fills: [Fill]

  /// Commissions and slippage of all trades, in the portfolio's currency.
  public var cost: Double { fills.reduce(0) { $0 + $1.commission + $1.slippage } }

  /// Does the steps in their order.
  ///
  /// - Parameters:
  ///   - steps: each with where it came from, for errors.
  ///   - holdings: of the portfolio.
  ///   - book: may have further instruments at the end; `market` is of it.
  ///   - costs: of orders; entries have their own.
  /// - Throws: `AdviceError.trade` for a step that can't be done: no money, no units, no wallet, no price.
  public init(
    _ steps: [(origin: String, step: Step)], _ holdings: Holdings, in book: Book,
    market: BookMarket, costs: TradeCosts = TradeCosts()
  ) throws(AdviceError) {
    before = holdings
    let portfolio = book.portfolios[holdings.portfolio]
    let home = portfolio.currency.uppercased()
    var ledger = holdings.ledger
    var fills: [Fill] = []
    for (origin, step) in steps {
      let entry: Entry
      switch step {
      case .entry(let given):
        guard ledger.wallets.contains(given.wallet) else {
          throw .trade(
            origin: origin,
            reason:
              "it is of portfolio \(book.portfolios[book.wallets[given.wallet].portfolio].id), not of \(portfolio.id)"
          )
        }
        entry = given
      case .order(let instrument, let units, let price):
        entry = try Self.entry(
          instrument, units, price, origin, ledger, holdings, book, market, costs)
      }
      if let shortfall = ledger.shortfall(entry, portfolio.profile) {
        throw .trade(origin: origin, reason: Self.text(shortfall, entry, book))
      }
      let rate = market.rate(
        from: book.wallets[entry.wallet].currency.uppercased(), to: home, at: holdings.bar)
      let mark =
        entry.instrument.flatMap { market.mark($0, at: holdings.bar, before: holdings.asOf)?.price }
        ?? .nan
      let isTrade = entry.kind == .buy || entry.kind == .sell
      fills.append(
        Fill(
          origin: origin, entry: entry, mark: mark, rate: rate,
          slippage: isTrade && mark.isFinite ? entry.units * (entry.price - mark) * rate : 0))
      ledger.post(entry)
    }
    self.fills = fills
    after = holdings.replacing(ledger, in: book, market: market)
  }

  /// The entry of an order.
  private static func entry(
    _ instrument: Int, _ units: Double?, _ price: Double?, _ origin: String, _ ledger: BookLedger,
    _ holdings: Holdings, _ book: Book, _ market: BookMarket, _ costs: TradeCosts
  ) throws(AdviceError) -> Entry {
    let symbol = book.instruments[instrument].symbol
    let units = units ?? -ledger.units(instrument)
    guard units != 0 else {
      throw .trade(origin: origin, reason: "no units of \(symbol) are held")
    }
    let mark = market.mark(instrument, at: holdings.bar, before: holdings.asOf)?.price
    guard let told = price ?? mark, told > 0 else {
      throw .trade(
        origin: origin,
        reason: "\(symbol) has no price by \(AsOf.text(holdings.asOf)); give one behind @")
    }
    let currency = market.currencies[instrument]
    let wallets = ledger.wallets.filter {
      currency.isEmpty || book.wallets[$0].currency.uppercased() == currency
    }
    guard let wallet = wallets.first else {
      throw .trade(
        origin: origin,
        reason:
          "\(symbol) is in \(currency), and portfolio \(book.portfolios[holdings.portfolio].id) has no wallet of it"
      )
    }
    let fill = price ?? costs.price(units, mark: told)
    let fee = costs.commission.charge(units: units, price: fill)
    return Entry(
      timeNs: holdings.asOf, sequence: .max, wallet: wallet, kind: units > 0 ? .buy : .sell,
      instrument: instrument, cash: -(units * fill) - fee, units: units, price: fill, fee: fee)
  }

  private static func text(_ shortfall: BookLedger.Shortfall, _ entry: Entry, _ book: Book)
    -> String
  {
    switch shortfall {
    case .cash(let available, let needed):
      let wallet = book.wallets[entry.wallet]
      return
        "wallet \(wallet.id) has \(cents(available)) \(wallet.currency), and \(cents(needed)) are needed; sell first, or buy less"
    case .units(let held, let needed):
      let symbol = entry.instrument.map { book.instruments[$0].symbol } ?? ""
      return "\(held) units of \(symbol) are held, and \(needed) are to go"
    }
  }

  /// Money with two decimals.
  private static func cents(_ money: Double) -> String {
    guard money.magnitude < 1e15 else { return "\(money)" }
    let all = Int64((money * 100).rounded())
    let rest = all.magnitude % 100
    return "\(all < 0 ? "-" : "")\(all.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
