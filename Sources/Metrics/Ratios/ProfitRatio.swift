/// Mean gain of a bar for each gaining bar, over the mean loss for each losing one.
///
/// Undefined without a bar, without a loss, and without a gain.
struct ProfitRatio: Metric {
  let name = "profit_ratio"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition =
    "(mean / number of returns from 0 up) / |mean / number of returns below 0|"
  let source = "quantstats profit_ratio"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let (gains, losses) = (returns.filter { $0 >= 0 }, returns.filter { $0 < 0 })
      if losses.isEmpty { return .undefined(.noDownside) }
      if gains.isEmpty { return .undefined(.noWins) }
      let (won, lost) = (gains.mean / Double(gains.count), losses.mean / Double(losses.count))
      return MetricValue(won / -lost, of: lane)
    }
  }
}
