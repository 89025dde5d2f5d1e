/// What an account holds of one symbol, and the history of the round trip that it is part of.
///
/// A round trip goes from flat to flat: it may add and reduce on its way. Prices are in the symbol's currency, money is in the
/// account's.
struct LedgerPosition: Sendable {
  /// Units held; negative when short, 0 when flat.
  var units = 0.0
  /// Last known price.
  var mark = Double.nan
  /// Account currency for one of the symbol's.
  var rate = 1.0
  /// units · mark · rate.
  var value = 0.0
  /// Average price of the units held, after slippage: what adds to a position moves it, what reduces does not.
  var averagePrice = 0.0

  // The round trip.
  /// Bar of the first fill.
  var entryBar = 0
  /// Cash before the first fill.
  var entryCash = 0.0
  /// Equity before the first fill.
  var entryEquity = 0.0
  /// Money that the round trip has brought so far: proceeds less cost, commissions, borrow and dividends.
  var flow = 0.0
  /// Movements of the account's cash before the first fill.
  var firstMove = 0
  /// Movements of cash by this round trip.
  var moves = 0
  /// Units that entered, signed, in today's shares.
  var entered = 0.0
  /// Average price of these.
  var entryPrice = 0.0
  /// Units that left, in today's shares, positive.
  var left = 0.0
  /// Average price of these.
  var exitPrice = 0.0
  /// Place among the record's trades.
  var trade = 0

  /// Dividends that wait for a close to be reinvested at.
  var toReinvest = 0.0
  /// Whether the symbol has ended.
  var hasEnded = false
}
