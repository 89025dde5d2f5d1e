/// Compound growth a year above the risk-free rate, over ulcer index and the size of deep drawdowns against volatility.
///
/// Undefined below two bars, without variation, without a drawdown, and for a ruined lane.
struct Serenity: Metric {
  let name = "serenity"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "(cagr_periods - annual risk-free rate) / (ulcer * cdar_95 / volatility)"
  let source =
    "KeyQuant, Introducing the Serenity ratio (2015); quantstats takes the total return and a normal tail"
  let needs: MetricNeeds = [.returns, .extendedSums]

  func value(of lane: LaneSummary) -> MetricValue {
    let performance = UlcerPerformance().value(of: lane)
    guard case .defined = performance else { return performance }
    let depth = ConditionalDrawdownAtRisk(level: TailLevel(perMille: 950)).value(of: lane)
    guard case .defined(let deep) = depth else { return depth }
    guard case .defined(let volatility) = Volatility().value(of: lane), volatility > 0 else {
      return .undefined(lane.observations > 1 ? .noVariation : .tooFewBars)
    }
    return performance.map(of: lane) { $0 * volatility / deep }
  }
}
