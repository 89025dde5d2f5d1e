import Books

/// What a portfolio begins with, and the weights that it is moved to.
public struct ForwardAccount: Sendable, Equatable {
  /// Money in a factor.
  public struct Part: Sendable, Equatable {
    /// Number of the factor.
    public var factor: Int
    /// Money in the portfolio's currency, or a fraction of equity.
    public var amount: Double

    /// Money in a factor.
    public init(factor: Int, amount: Double) {
      self.factor = factor
      self.amount = amount
    }
  }

  /// Position in the book.
  public let portfolio: Int
  /// Place of its currency among those of the factors.
  public let currency: Int
  /// Money by factor, each at most once; they sum to the equity.
  public private(set) var parts: [Part]
  /// Weights by factor, which sum to 1; nil if its units are held whatever others do.
  public var weights: [Part]?
  /// The curve that all its money is under, and payments too, as a factor; nil if it holds symbols and cash.
  public private(set) var curve: Int?
  /// Sum that it belongs to.
  public var group = 0
  /// Symbols without a mark or a rate, which are left out: positions in the book.
  public let unmarked: [Int]

  /// What it is worth today.
  public var equity: Double { parts.reduce(0) { $0 + $1.amount } }

  /// An account of given parts.
  public init(portfolio: Int, currency: Int, parts: [Part], group: Int = 0) {
    self.portfolio = portfolio
    self.currency = currency
    self.parts = Self.merged(parts)
    self.group = group
    unmarked = []
  }

  /// What a portfolio of a book holds.
  ///
  /// - Parameters:
  ///   - market: of the book's symbols, over the panel of the factors.
  public init(_ holdings: Holdings, in book: Book, market: BookMarket, _ factors: ForwardFactors) {
    portfolio = holdings.portfolio
    let home = book.portfolios[portfolio].currency.uppercased()
    currency = factors.currency(home)
    var parts: [Part] = []
    var unmarked: [Int] = []
    for row in holdings.rows {
      let column = market.columns[row.instrument]
      if let factor = column.flatMap({ factors.factor(column: $0) }), row.value.isFinite {
        parts.append(Part(factor: factor, amount: row.value))
      } else {
        unmarked.append(row.instrument)
      }
    }
    for (wallet, balance) in zip(holdings.ledger.wallets, holdings.ledger.balances)
    where balance != 0 {
      let name = book.wallets[wallet].currency.uppercased()
      let amount = balance * market.rate(from: name, to: home, at: holdings.bar)
      if amount.isFinite {
        parts.append(Part(factor: factors.cash(factors.currency(name)), amount: amount))
      }
    }
    self.parts = Self.merged(parts)
    self.unmarked = unmarked
  }

  /// Weights of today.
  public var weightsOfToday: [Part] {
    let equity = equity
    return parts.map { Part(factor: $0.factor, amount: $0.amount / equity) }
  }

  /// Weights of symbols, and the rest in cash of the portfolio's currency.
  public func weights(_ symbols: [Part], _ factors: ForwardFactors) -> [Part] {
    let rest = 1 - symbols.reduce(0) { $0 + $1.amount }
    return Self.merged(symbols + [Part(factor: factors.cash(currency), amount: rest)])
  }

  /// The same with all its money under a curve.
  ///
  /// - Parameter curve: a factor behind those of the market.
  public func under(curve: Int) -> ForwardAccount {
    var account = self
    account.parts = [Part(factor: curve, amount: equity)]
    account.weights = nil
    account.curve = curve
    return account
  }

  /// The same, of factors with other symbols and the same currencies.
  public func moved(from old: ForwardFactors, to new: ForwardFactors) -> ForwardAccount {
    precondition(old.currencies == new.currencies, "the same currencies")
    func moved(_ part: Part) -> Part {
      let symbols = old.columns.count
      let factor =
        part.factor < symbols
        ? new.factor(column: old.columns[part.factor]) : new.cash(part.factor - symbols)
      guard let factor else { preconditionFailure("a symbol that is left out") }
      return Part(factor: factor, amount: part.amount)
    }
    var account = self
    account.parts = parts.map(moved)
    account.weights = weights.map { $0.map(moved) }
    return account
  }

  private static func merged(_ parts: [Part]) -> [Part] {
    var places: [Int: Int] = [:]
    var result: [Part] = []
    for part in parts {
      if let place = places[part.factor] {
        result[place].amount += part.amount
      } else {
        places[part.factor] = result.count
        result.append(part)
      }
    }
    return result
  }
}
