extension LaneSummary {
  /// The whole-series twin of what the engine streams: every sum over the equity path, from returns.
  ///
  /// Plain loops in bar order, with no trick: the yardstick for the engine, and the way in for returns from elsewhere.
  /// Trade and activity fields stay empty, but for `sumEquity`.
  ///
  /// - Parameters:
  ///   - returns: simple returns per bar, as fractions; the first is measured from `initialEquity`. A return that
  ///     takes equity to 0 or below ruins the lane: equity stays there, and later returns count as 0.
  ///   - barsPerYear: bars in a year, for example 252.
  ///   - calendarDays: days from the start of the first bar to the end of the last; nil takes years of 365.25 days.
  ///   - riskFreePerBar: risk-free return of one bar; see `ratePerBar`.
  ///   - minimumAcceptablePerBar: threshold of the Sortino and omega ratios.
  ///   - initialEquity: equity before the first bar, above 0.
  ///   - context: periods and benchmark of the same bars.
  public init(
    returns: [Double], barsPerYear: Double, calendarDays: Double? = nil,
    riskFreePerBar: Double = 0, minimumAcceptablePerBar: Double = 0, initialEquity: Double = 1,
    context: LaneContext? = nil
  ) {
    self.init()
    bars = returns.count
    self.barsPerYear = barsPerYear
    self.calendarDays = calendarDays ?? Double(returns.count) / barsPerYear * 365.25
    self.riskFreePerBar = riskFreePerBar
    self.minimumAcceptablePerBar = minimumAcceptablePerBar
    self.initialEquity = initialEquity
    self.context = context

    var equity = initialEquity
    var maximum = initialEquity
    var barsBelow = 0
    var earned: [Double] = []
    earned.reserveCapacity(returns.count)
    for offered in returns {
      let earnedNow = isRuined ? 0 : offered
      earned.append(earnedNow)
      equity *= 1 + earnedNow
      isRuined = isRuined || equity <= 0

      sumReturns += earnedNow
      sumSquaredReturns += earnedNow * earnedNow
      let shortfall = min(earnedNow - minimumAcceptablePerBar, 0)
      sumSquaredDownside += shortfall * shortfall

      maximum = max(maximum, equity)
      let drawdown = equity / maximum - 1
      maxDrawdown = min(maxDrawdown, drawdown)
      sumSquaredDrawdowns += drawdown * drawdown
      barsBelow = equity < maximum ? barsBelow + 1 : 0
      longestDrawdownBars = max(longestDrawdownBars, barsBelow)
      sumEquity += equity
    }
    finalEquity = equity
    self.returns = earned
  }
}
