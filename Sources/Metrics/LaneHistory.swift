/// What sums don't tell of a lane: each of its trades, and what it held after each bar.
///
/// It comes from a replay of the lane, so metrics that need it cost a sweep several times as much.
public final class LaneHistory: Sendable, Equatable {
  /// A round trip, or the position that is still open.
  public struct Trade: Sendable, Equatable {
    /// Bar of the entry.
    public var entryBar: Int
    /// Bar of the exit; nil while open.
    public var exitBar: Int?
    /// Whether it was bought to open.
    public var isLong: Bool
    /// Equity after the exit less equity before the entry.
    public var profit: Double
    /// Profit over equity before the entry.
    public var profitFraction: Double
    /// Return of the prices of exit and entry, shorts turned round.
    public var priceReturn: Double
    /// The worst that prices did against it from the entry on, over the entry price: at most 0, NaN if unknown.
    public var adverse: Double
    /// The best that prices did for it from the entry on, over the entry price: at least 0, NaN if unknown.
    public var favourable: Double

    /// A trade.
    public init(
      entryBar: Int, exitBar: Int?, isLong: Bool = true, profit: Double,
      profitFraction: Double = .nan, priceReturn: Double = .nan, adverse: Double = .nan,
      favourable: Double = .nan
    ) {
      self.entryBar = entryBar
      self.exitBar = exitBar
      self.isLong = isLong
      self.profit = profit
      self.profitFraction = profitFraction
      self.priceReturn = priceReturn
      self.adverse = adverse
      self.favourable = favourable
    }
  }

  /// What is held after a bar.
  public struct Holding: Sendable, Equatable {
    /// Number of positions.
    public var positions = 0
    /// Value of longs over equity.
    public var long = 0.0
    /// Value of shorts over equity, as a positive number.
    public var short = 0.0
    /// Value of the largest position over equity.
    public var largest = 0.0
    /// Sum of squares of values over equity.
    public var squares = 0.0

    /// Nothing held.
    public init() {}

    /// Adds a position by its value over equity, shorts below zero.
    public mutating func add(_ weight: Double) {
      positions += 1
      if weight > 0 { long += weight } else { short -= weight }
      largest = max(largest, weight.magnitude)
      squares += weight * weight
    }
  }

  /// Every trade, in the order of entries.
  public let trades: [Trade]
  /// What was held after each bar of the run.
  public let holdings: [Holding]

  /// A history.
  public init(trades: [Trade], holdings: [Holding] = []) {
    self.trades = trades
    self.holdings = holdings
  }

  /// Trades that are closed.
  public var closed: [Trade] { trades.filter { $0.exitBar != nil } }

  /// Histories are equal if all that they tell is.
  public static func == (a: LaneHistory, b: LaneHistory) -> Bool {
    a === b || a.trades == b.trades && a.holdings == b.holdings
  }
}
