extension LaneSummary {
  /// Takes days in place of the bars that its returns are of, as metrics of intraday bars count; nothing without returns.
  ///
  /// - Parameters:
  ///   - bars: where the bars lie in time.
  ///   - days: where their days do.
  ///   - riskFree: a year's rate, a fraction; so is `minimumAcceptable`.
  public mutating func compound(
    _ bars: LaneContext, into days: LaneContext, daysPerYear: Double, riskFree: Double,
    minimumAcceptable: Double
  ) {
    guard let returns else { return }
    let daily = LaneSummary(
      returns: bars.compounded(returns, .day), barsPerYear: daysPerYear,
      riskFreePerBar: Self.ratePerBar(annual: riskFree, barsPerYear: daysPerYear),
      minimumAcceptablePerBar: Self.ratePerBar(
        annual: minimumAcceptable, barsPerYear: daysPerYear))
    barPath = BarPath(returns: returns, days: bars.days)
    self.days = days.days.count
    self.daysPerYear = daysPerYear
    self.returns = daily.returns
    sumReturns = daily.sumReturns
    sumSquaredReturns = daily.sumSquaredReturns
    sumSquaredDownside = daily.sumSquaredDownside
    riskFreePerBar = daily.riskFreePerBar
    minimumAcceptablePerBar = daily.minimumAcceptablePerBar
  }
}
