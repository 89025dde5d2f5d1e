/// What a portfolio holds and may trade at one moment, and what a unit costs.
public struct SwitchAccount: Sendable, Equatable {
  /// A symbol that is held or may be bought.
  public struct Line: Sendable, Equatable {
    /// Its name.
    public var symbol: String
    /// Its sector.
    public var sector: String
    /// Units held; below 0 if short.
    public var units: Double
    /// Mark of a unit, in the symbol's currency; NaN if there is none: then it is not traded.
    public var price: Double
    /// Its currency, in upper case.
    public var currency: String
    /// What one of the currency is worth in the portfolio's.
    public var rate: Double
    /// Units that are traded at once; 0 for any part of one.
    public var lot: Double

    /// A line.
    public init(
      symbol: String, sector: String = "unknown", units: Double, price: Double,
      currency: String = "USD", rate: Double = 1, lot: Double = 0
    ) {
      self.symbol = symbol
      self.sector = sector
      self.units = units
      self.price = price
      self.currency = currency
      self.rate = rate
      self.lot = lot
    }

    /// Money that a unit is worth, in the portfolio's currency.
    var unitValue: Double { price * rate }
    /// What is held of it, in the portfolio's currency.
    public var value: Double { units * unitValue }
    /// Whether it can be traded.
    public var isTradable: Bool { unitValue > 0 && unitValue.isFinite }
  }

  /// Money in one currency.
  public struct Wallet: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// Its currency, in upper case.
    public var currency: String
    /// Money in it.
    public var balance: Double
    /// What one of the currency is worth in the portfolio's.
    public var rate: Double

    /// A wallet.
    public init(id: String, currency: String = "USD", balance: Double, rate: Double = 1) {
      self.id = id
      self.currency = currency
      self.balance = balance
      self.rate = rate
    }
  }

  /// Symbols: `[K]`.
  public var lines: [Line]
  /// Wallets, in the book's order; the first of a currency pays and is paid.
  public var wallets: [Wallet]
  /// Whether a wallet may go below zero for purchases.
  public var mayBorrow = false

  /// An account.
  public init(lines: [Line], wallets: [Wallet]) {
    self.lines = lines
    self.wallets = wallets
  }

  /// Money, in the portfolio's currency; wallets without a rate are left out.
  public var cash: Double {
    wallets.reduce(0) { $0 + ($1.rate.isFinite ? $1.balance * $1.rate : 0) }
  }
  /// Money and all that can be traded, in the portfolio's currency.
  public var equity: Double {
    lines.reduce(cash) { $0 + ($1.isTradable ? $1.value : 0) }
  }
  /// The wallet that trades in a currency go through.
  public func wallet(of currency: String) -> Int? {
    currency.isEmpty
      ? wallets.indices.first : wallets.firstIndex { $0.currency == currency }
  }
}
