/// Closed round trips and their sums.
///
/// A trade that brought exactly 0 neither won nor lost.
public struct ClosedTrades: Sendable, Equatable {
  /// All of them.
  public var trades = 0
  /// Those with a profit above 0.
  public var wins = 0
  /// Those with a profit below 0.
  public var losses = 0
  /// Sum of the profits of winning trades.
  public var grossProfit = 0.0
  /// Sum of the losses of losing trades, as a positive number.
  public var grossLoss = 0.0

  /// None.
  public init() {}

  /// Counts a trade that has ended.
  public mutating func add(_ profit: Double) {
    trades += 1
    if profit > 0 {
      wins += 1
      grossProfit += profit
    } else if profit < 0 {
      losses += 1
      grossLoss -= profit
    }
  }
}

extension LaneSummary {
  /// Closed round trips.
  public var trades: Int {
    get { closed.trades }
    set { closed.trades = newValue }
  }
  /// Trades with a profit above 0.
  public var wins: Int {
    get { closed.wins }
    set { closed.wins = newValue }
  }
  /// Trades with a profit below 0.
  public var losses: Int {
    get { closed.losses }
    set { closed.losses = newValue }
  }
  /// Sum of the profits of winning trades.
  public var grossProfit: Double {
    get { closed.grossProfit }
    set { closed.grossProfit = newValue }
  }
  /// Sum of the losses of losing trades, as a positive number.
  public var grossLoss: Double {
    get { closed.grossLoss }
    set { closed.grossLoss = newValue }
  }
}
