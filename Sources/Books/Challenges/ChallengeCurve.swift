import Metrics

/// What became of a participant: equity by bar, what metrics are made of, and what was broken.
public struct ChallengeCurve: Sendable {
  /// Equity before the first scored bar.
  public var initialEquity: Double
  /// Equity at the end of each scored bar: `[T]`; shorter if a breach ended it.
  public var equity: [Double] = []
  /// Bars at whose end something was held.
  public var barsInPosition = 0
  /// Number of fills.
  public var fills = 0
  /// Instant of the account's first fill: of one at an open the start of the bar, of one at a close its end; nil without any.
  public var firstFillNs: Int64?
  /// Orders that found no price before the last bar.
  public var unfilled = 0
  /// Round trips that are closed.
  public var closed = ClosedTrades()
  /// Positions that are still open.
  public var openTrades = 0
  /// Σ price × quantity of fills.
  public var tradedNotional = 0.0
  /// Commissions.
  public var fees = 0.0
  /// Money lost to slippage.
  public var slippage = 0.0
  /// Dividends that longs got, less those that shorts paid.
  public var dividends = 0.0
  /// What shorts cost, and what debts did; what cash earned.
  public var borrowFees = 0.0, interestPaid = 0.0, interestEarned = 0.0
  /// The rule that was broken; nil for none.
  public var breach: ChallengeBreach?

  /// A curve that is yet to begin.
  public init(initialEquity: Double) { self.initialEquity = initialEquity }

  /// Time base of metrics.
  public struct Scale: Sendable {
    /// Days, or bars, in a year.
    public var perYear: Double
    /// From the start of the first bar to the end of the last.
    public var calendarDays: Double
    /// Annual rate.
    public var riskFree: Double
    /// First bars of days and the number of bars, where returns are compounded to days; nil where bars are days or longer.
    public var dayBounds: [Int]?
    /// Periods and benchmark of what returns are of.
    public var context: LaneContext?

    /// A scale.
    public init(
      perYear: Double, calendarDays: Double, riskFree: Double = 0, dayBounds: [Int]? = nil,
      context: LaneContext? = nil
    ) {
      self.perYear = perYear
      self.calendarDays = calendarDays
      self.riskFree = riskFree
      self.dayBounds = dayBounds
      self.context = context
    }
  }

  /// Simple returns of bars, or of days: `[T]`.
  public func returns(_ scale: Scale) -> [Double] {
    let ends = scale.dayBounds.map { $0.dropFirst().map { $0 - 1 } } ?? Array(equity.indices)
    var before = initialEquity
    return ends.map { bar in
      defer { before = equity[bar] }
      return equity[bar] / before - 1
    }
  }

  /// What metrics are made of.
  ///
  /// - Precondition: the curve is whole: it has no breach.
  public func summary(_ scale: Scale) -> LaneSummary {
    let rate = LaneSummary.ratePerBar(annual: scale.riskFree, barsPerYear: scale.perYear)
    var summary = LaneSummary(
      returns: returns(scale), barsPerYear: scale.perYear, calendarDays: scale.calendarDays,
      riskFreePerBar: rate, initialEquity: initialEquity, context: scale.context)
    summary.finalEquity = equity.last ?? initialEquity
    summary.closed = closed
    summary.openTrades = openTrades
    // A day is in position in the share of its bars that are.
    summary.barsInPosition =
      scale.dayBounds == nil || equity.isEmpty
      ? barsInPosition : barsInPosition * summary.bars / equity.count
    summary.tradedNotional = tradedNotional
    summary.fees = fees
    summary.slippage = slippage
    summary.dividends = dividends
    summary.borrowFees = borrowFees
    summary.interestPaid = interestPaid
    summary.interestEarned = interestEarned
    return summary
  }

  /// What is checked once a curve is whole; nil if nothing is broken.
  public func breach(of limits: ChallengeLimits, endNs: Int64?) -> ChallengeBreach? {
    if let least = limits.minTrades, fills < least {
      return ChallengeBreach(
        .minTrades, timeNs: endNs, "\(fills) trades; the rules ask for at least \(least)")
    }
    let mean = equity.reduce(0, +) / Double(max(1, equity.count))
    let turnover = tradedNotional / mean
    if turnover > limits.maxTurnover {
      return ChallengeBreach(
        .maxTurnover, timeNs: endNs,
        "a turnover of \(turnover.told); the rules allow \(limits.maxTurnover.told)")
    }
    return nil
  }
}
