import Market

/// Why a participant is disqualified: what was broken, when, and by which trade.
public struct ChallengeBreach: Sendable, Equatable {
  /// What was broken.
  public enum Reason: String, Sendable, CaseIterable {
    /// A row that can't be read.
    case unreadable
    /// A symbol that the market does not have.
    case unknownSymbol = "unknown_symbol"
    /// A symbol that the rules exclude.
    case symbolNotAllowed = "symbol_not_allowed"
    /// A trade before, between or after the windows.
    case outsideWindow = "outside_window"
    /// A price at a time at which the symbol was not traded.
    case noPrice = "no_price"
    /// A price that its bar did not have.
    case priceOutsideBar = "price_outside_bar"
    /// A price where the rules fill orders by themselves.
    case priceNotAllowed = "price_not_allowed"
    /// Units that are not whole lots.
    case lot
    /// Cash below zero.
    case cashBelowZero = "cash_below_zero"
    /// A sale of units that were not held.
    case shortSale = "short_sale"
    /// Too much of a symbol.
    case maxWeight = "max_weight"
    /// Positions beyond the leverage.
    case maxLeverage = "max_leverage"
    /// Too many fills.
    case maxTrades = "max_trades"
    /// Too few fills.
    case minTrades = "min_trades"
    /// Too much traded.
    case maxTurnover = "max_turnover"
    /// Too few positions.
    case minHoldings = "min_holdings"
    /// Too many positions.
    case maxHoldings = "max_holdings"
    /// Too deep a drawdown.
    case maxDrawdown = "max_drawdown"
    /// Nothing is left.
    case ruined
    /// A strategy that can't be run.
    case strategy
  }

  /// What was broken.
  public var reason: Reason
  /// When; nil where it has no time.
  public var timeNs: Int64?
  /// Which of the participant's trades, in order of time, from 1; 0 for none.
  public var trade: Int
  /// Numbers and names.
  public var detail: String
  /// Line of the entry's file; 0 for none.
  ///
  /// It depends on how rows are ordered, so it is told to people and is no part of a board.
  public var line: Int

  /// A breach.
  public init(
    _ reason: Reason, timeNs: Int64? = nil, trade: Int = 0, line: Int = 0, _ detail: String
  ) {
    self.reason = reason
    self.timeNs = timeNs
    self.trade = trade
    self.line = line
    self.detail = detail
  }

  /// When, which trade, and what, for a board: `2017-03-01, trade 3: AAPL at 12 …`.
  public var text: String {
    var place = timeNs.map { Timestamp.text(nanoseconds: $0) } ?? ""
    if trade > 0 { place += (place.isEmpty ? "" : ", ") + "trade \(trade)" }
    return place.isEmpty ? detail : "\(place): \(detail)"
  }
}

extension Double {
  /// Money or a weight as a breach tells it: to a millionth.
  var told: String {
    let rounded = (self * 1e6).rounded() / 1e6
    let text = "\(rounded.isFinite ? rounded : self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
