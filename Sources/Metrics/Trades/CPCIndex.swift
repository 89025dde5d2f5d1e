/// Profit factor, win rate and payoff in one number.
///
/// Undefined without a closed trade, without a won one, and without a lost one.
struct CPCIndex: Metric {
  let name = "cpc_index"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "profit_factor * win_rate * payoff, on closed trades"
  let source = "Ehlers and Way (2010); quantstats cpc_index, on bars"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    let factor = ProfitFactor().value(of: lane).number
    let rate = WinRate().value(of: lane).number
    return Payoff().value(of: lane).map(of: lane) { $0 * factor * rate }
  }
}
