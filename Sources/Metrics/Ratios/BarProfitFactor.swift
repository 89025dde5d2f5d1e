/// Sum of gains of bars over the sum of losses.
///
/// Undefined without a bar and without a loss.
struct BarProfitFactor: Metric {
  let name = "bar_profit_factor"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "sum of returns above 0 / |sum of returns below 0|"
  let source = "quantstats profit_factor"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let gains = returns.reduce(0) { $0 + max($1, 0) }
      let losses = returns.reduce(0) { $0 + min($1, 0) }
      return losses == 0 ? .undefined(.noDownside) : MetricValue(gains / -losses, of: lane)
    }
  }
}
