/// Mean gain of a bar over the mean loss of one.
///
/// Undefined without a bar, without a loss, and without a gain.
struct BarPayoff: Metric {
  let name = "bar_payoff"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "mean of returns above 0 / |mean of returns below 0|"
  let source = "quantstats payoff_ratio"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let (gains, losses) = (returns.filter { $0 > 0 }, returns.filter { $0 < 0 })
      if losses.isEmpty { return .undefined(.noDownside) }
      if gains.isEmpty { return .undefined(.noWins) }
      return MetricValue(gains.mean / -losses.mean, of: lane)
    }
  }
}
