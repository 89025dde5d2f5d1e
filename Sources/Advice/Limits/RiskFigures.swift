import Books
import Risk

/// Risk of what one portfolio holds, computed when a rule first asks.
struct RiskFigures {
  private let held: HeldWeights
  private let sample: RiskSample?
  private let market: BookMarket
  private var past: RiskSample.Past?

  init(_ held: HeldWeights, _ sample: RiskSample?, _ market: BookMarket) {
    self.held = held
    self.sample = sample
    self.market = market
  }

  /// Holds VaR or volatility to a rule.
  mutating func check(_ limit: Limit, _ portfolio: Int) -> LimitCheck {
    func unknown(_ reason: String) -> LimitCheck {
      LimitCheck(limit, portfolio, value: .nan, status: .unknown, reason: reason)
    }
    if held.rows.isEmpty { return LimitCheck(limit, portfolio, value: 0, status: .ok) }
    guard held.reason.isEmpty else { return unknown(held.reason) }
    guard let sample else { return unknown("no past returns") }
    let past = self.past ?? sample.past(held.inPanel.columns, held.inPanel.weights)
    self.past = past
    let returns = Array(past.returns.suffix(limit.lookback))
    guard returns.count >= min(RiskSample.leastReturns, limit.lookback) else {
      let whose = past.youngest.map { " of \(market.panel.symbols[$0].symbol)" } ?? ""
      return unknown(
        "\(returns.count) returns\(whose), and \(min(RiskSample.leastReturns, limit.lookback)) are needed"
      )
    }
    do throws(RiskError) {
      let value = try value(limit, returns, sample)
      return LimitCheck(
        limit, portfolio, value: value, status: limit.isBroken(by: value) ? .breach : .ok,
        observations: returns.count)
    } catch {
      return unknown("\(error)")
    }
  }

  private func value(_ limit: Limit, _ returns: [Double], _ sample: RiskSample) throws(RiskError)
    -> Double
  {
    if limit.kind == .volatility { return sample.volatility(returns) }
    let question = try TailQuestion(
      levels: [try ConfidenceLevel(limit.level)], horizon: limit.horizon)
    return try VaRCatalog.model("historical").forecast(returns, question)[0].valueAtRisk
  }
}
