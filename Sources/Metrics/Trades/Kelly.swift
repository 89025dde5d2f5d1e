/// Fraction of capital that made the most of trades such as these.
///
/// Below 0 for trades that lost. Undefined without a closed trade, without a won one, and without a lost one.
struct Kelly: Metric {
  let name = "kelly"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "win_rate - (1 - win_rate) / payoff, on closed trades"
  let source = "Kelly, Bell System Technical Journal 35 (1956); backtesting.py Kelly Criterion"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    let rate = WinRate().value(of: lane).number
    return Payoff().value(of: lane).map(of: lane) { rate - (1 - rate) / $0 }
  }
}
