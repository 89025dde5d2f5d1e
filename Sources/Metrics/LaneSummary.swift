/// What is known of one lane after its last bar: the sufficient statistics of every streaming metric.
///
/// The engine fills it while it simulates; `LaneSummary(returns:…)` fills the same from a whole series of
/// returns. Money is in account currency, returns are fractions per bar, `n` bars give `n` returns: the first one
/// is measured from the initial equity.
public struct LaneSummary: Sendable, Equatable {
  // Time base.
  /// Number of bars, and of returns.
  public var bars = 0
  /// Bars in a year, from the calendar.
  public var barsPerYear = 252.0
  /// Calendar days from the start of the first bar to the end of the last.
  public var calendarDays = 0.0
  /// Risk-free return of one bar.
  public var riskFreePerBar = 0.0
  /// Return per bar below which the Sortino ratio counts a shortfall.
  public var minimumAcceptablePerBar = 0.0

  // Equity path.
  /// Equity before the first bar.
  public var initialEquity = 1.0
  /// Equity after the last bar.
  public var finalEquity = 1.0
  /// Sum of returns.
  public var sumReturns = 0.0
  /// Sum of squared returns.
  public var sumSquaredReturns = 0.0
  /// Sum of min(r - minimum acceptable, 0) squared.
  public var sumSquaredDownside = 0.0
  /// Least equity over running maximum, less one; at most 0.
  ///
  /// The maximum starts at the initial equity.
  public var maxDrawdown = 0.0
  /// Sum of squared drawdowns over all bars.
  public var sumSquaredDrawdowns = 0.0
  /// Longest run of bars with equity below its running maximum.
  public var longestDrawdownBars = 0
  /// Returns of every bar, when a metric that needs them was asked for.
  ///
  /// With `days`, those of every day.
  public var returns: [Double]?
  /// Tails of the returns, where they were found without keeping them.
  public var tails: [TailFigures] = []

  // Where statistics of returns are of days, though bars are shorter: then `returns`, `sumReturns`, `sumSquaredReturns`,
  // `sumSquaredDownside` and both rates speak of days, and everything else of bars.
  /// Number of days, and of returns; nil where returns are those of bars.
  public var days: Int?
  /// Days in a year.
  public var daysPerYear = 252.0
  /// The returns of bars that `returns` were compounded from; nil where those are of bars, or came as days.
  public var barPath: BarPath?

  // What only some metrics ask for.
  /// Periods of the calendar, and the benchmark.
  public var context: LaneContext?
  /// Trades one by one, and what was held.
  public var history: LaneHistory?

  // Trades. A trade is a closed round trip; its profit is equity after the exit less equity before the entry.
  /// Those that are closed.
  public var closed = ClosedTrades()
  /// Positions still open after the last bar: 0 or 1 in a signal strategy.
  public var openTrades = 0

  // Activity.
  /// Bars at whose end a position is held.
  public var barsInPosition = 0
  /// Sum over fills of price × quantity.
  public var tradedNotional = 0.0
  /// Sum of equity over bars: the mean equity that turnover is measured against, times `bars`.
  ///
  /// An extended sum.
  public var sumEquity = 0.0
  /// Commissions paid.
  public var fees = 0.0
  /// Money lost to slippage against the unslipped fill price.
  public var slippage = 0.0
  /// Bars in which a stop and a target were both reached and their order is unknown.
  public var ambiguousBars = 0
  /// Bars at which a held position was marked at an earlier close.
  public var staleMarks = 0
  /// Bars of the window at which the strategy was still warming.
  public var warmBars = 0
  /// Bars at which a long and a short entry were both signalled, so that nothing was opened.
  public var conflictingSignals = 0
  /// Orders that could not be accepted.
  public var rejectedOrders = 0
  /// Positions closed because collateral ran out.
  public var liquidations = 0
  /// Whether the lane lost all its equity and stopped.
  public var isRuined = false

  // What only the rule book keeps; the vector kernel leaves these as they are.
  /// Paid for borrowed shares.
  public var borrowFees = 0.0
  /// Interest paid on cash below zero.
  public var interestPaid = 0.0
  /// Interest earned on cash above zero.
  public var interestEarned = 0.0
  /// Dividends credited to longs less those debited to shorts, cash in lieu of fractions included.
  public var dividends = 0.0
  /// Deposits less withdrawals after the first equity.
  public var netFlows = 0.0
  /// Deposits after the first equity.
  public var deposits = 0.0
  /// Withdrawals that were asked for and not in cash.
  public var missedWithdrawals = 0.0
  /// Annual internal rate of return of the flows, the initial and the final equity; NaN if there is none or no flow.
  public var moneyWeightedReturn = Double.nan
  /// Product over bars of equity over the equity before, flows taken out; NaN without flows, when it is the ratio of equities.
  public var timeWeightedGrowth = Double.nan
  /// Orders that ended without a fill: by their time in force, by another order, or because they were taken back.
  public var cancelledOrders = 0
  /// Fills of less than what was asked for.
  public var partialFills = 0
  /// Entries that were made smaller to fit the cash or margin.
  public var scaledOrders = 0
  /// Positions closed because their symbol ended.
  public var delistings = 0
  /// Times that a portfolio was moved towards its weights.
  public var rebalances = 0
  /// Sum over rebalances of the cash that was left over, as a fraction of equity.
  public var sumResidualCash = 0.0

  /// Number of returns that statistics are of: bars, or days.
  public var observations: Int { days ?? bars }
  /// Number of returns in a year.
  public var observationsPerYear: Double { days == nil ? barsPerYear : daysPerYear }

  /// Returns of every bar, whatever statistics are of: what drawdowns are told by; nil unless they were kept.
  public var path: BarPath? {
    if let barPath { return barPath }
    guard days == nil, let returns, let context else { return nil }
    return BarPath(returns: returns, days: context.days)
  }

  /// An empty summary.
  public init() {}
}

extension LaneSummary {
  /// Returns by bar, and when they were.
  public struct BarPath: Sendable, Equatable {
    /// Returns as fractions.
    public var returns: [Double]
    /// Day of each, since 1970-01-01, in the time of the exchange.
    public var days: [Int32]
  }
}
