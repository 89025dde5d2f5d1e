/// What a transaction did to one wallet and its portfolio.
///
/// A transaction is one entry; a transfer is two, one on either side, which share `sequence`. Signs are those of the
/// wallet: what comes in is above zero.
///
/// | kind | cash | units | price |
/// |---|---|---|---|
/// | deposit, withdrawal | + amount, − amount | 0 | NaN |
/// | buy, sell | ∓ quantity × price − fee | ± quantity | of a unit |
/// | dividend, fee | + amount, − amount | 0 | NaN |
/// | transferOut, transferIn, of cash | − amount − fee, + received | 0 | NaN |
/// | transferOut, transferIn, of units | − fee, 0 | ∓ quantity | cost of a unit, which goes along |
public struct Entry: Sendable, Equatable {
  /// What happened.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Money from outside.
    case deposit
    /// Money to outside.
    case withdrawal
    /// Units for money.
    case buy
    /// Money for units.
    case sell
    /// Income: of a symbol, or interest without one.
    case dividend
    /// A cost: of a symbol, or of the wallet.
    case fee
    /// To another wallet.
    case transferOut
    /// From another wallet.
    case transferIn
  }

  /// When, nanoseconds UTC; a date stands for its 00:00.
  public var timeNs: Int64
  /// Position of the transaction in the order in which the book learned of it.
  ///
  /// It decides between entries of one instant.
  public var sequence: Int64
  /// Position of the wallet.
  public var wallet: Int
  /// What happened.
  public var kind: Kind
  /// Position of the symbol; nil without one.
  public var instrument: Int?
  /// Change of the wallet's money, in its currency.
  public var cash: Double
  /// Change of the units held.
  public var units: Double
  /// Price or cost of a unit, in the currency of the instrument; NaN without units.
  public var price: Double
  /// What trading cost, in `cash` already; at least 0.
  public var fee: Double
  /// The other wallet of a transfer.
  public var counter: Int?
  /// The transaction's own id; empty without one.
  public var id: String

  /// An entry.
  public init(
    timeNs: Int64, sequence: Int64 = 0, wallet: Int, kind: Kind, instrument: Int? = nil,
    cash: Double, units: Double = 0, price: Double = .nan, fee: Double = 0, counter: Int? = nil,
    id: String = ""
  ) {
    self.timeNs = timeNs
    self.sequence = sequence
    self.wallet = wallet
    self.kind = kind
    self.instrument = instrument
    self.cash = cash
    self.units = units
    self.price = price
    self.fee = fee
    self.counter = counter
    self.id = id
  }

  /// Whether money or units cross the border of the portfolio: then it is no gain.
  public func isExternal(in book: Book) -> Bool {
    switch kind {
    case .deposit, .withdrawal: true
    case .transferOut, .transferIn:
      counter.map { book.wallets[$0].portfolio != book.wallets[wallet].portfolio } ?? true
    default: false
    }
  }

  /// Equal where both prices are NaN too.
  public static func == (left: Self, right: Self) -> Bool {
    left.timeNs == right.timeNs && left.sequence == right.sequence && left.wallet == right.wallet
      && left.kind == right.kind && left.instrument == right.instrument && left.cash == right.cash
      && left.units == right.units
      && (left.price == right.price || left.price.isNaN && right.price.isNaN)
      && left.fee == right.fee && left.counter == right.counter && left.id == right.id
  }
}
