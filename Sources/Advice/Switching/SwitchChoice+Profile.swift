import Books

extension SwitchChoice {
  /// Plans for a portfolio: the least trades keep its profile, its limits of risk among it.
  ///
  /// - Parameters:
  ///   - target: weights by column of the universe.
  ///   - band: how near each weight has to come to its target; nil to keep the profile alone.
  ///   - estimates: that risk is judged by; nil to leave it out.
  public init(
    _ standing: PortfolioStanding, target: [Int: Double], profile: Profile, band: Double?,
    costs: TradeCosts, estimates: AdviceEstimates?
  ) {
    let account = standing.account
    let weights = standing.weights(of: target)
    var limits = TradeLimits(profile, account)
    if let band { (limits.target, limits.band) = (weights, band) }
    var risk = RiskLimits()
    if profile.maxVolatility >= 0 { risk.volatility = profile.maxVolatility }
    if profile.maxVaR >= 0 { risk.valueAtRisk = profile.maxVaR }
    if profile.maxDrawdown >= 0 { risk.drawdown = profile.maxDrawdown }
    let lines = account.lines.indices.filter {
      standing.columns[$0] != nil && account.lines[$0].isTradable
    }
    let columns = lines.compactMap { standing.columns[$0] }
    let basis = risk == RiskLimits() ? nil : estimates.map { RiskBasis(columns, $0) }
    func riskiest(_ weights: [Double]) -> [Double]? {
      let found = try? basis?.marginal(lines.map { weights[$0] }, breaking: risk)
      guard let found else { return nil }
      var marginal = [Double](repeating: 0, count: weights.count)
      for (place, line) in lines.enumerated() where found[place].isFinite {
        marginal[line] = found[place]
      }
      return marginal
    }
    self.init(account, weights: weights, limits: limits, costs: costs, riskiest: riskiest)
  }
}
