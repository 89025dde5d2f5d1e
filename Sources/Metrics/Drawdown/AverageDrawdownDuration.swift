/// Mean length of the drawdowns, each from a high to the next.
///
/// Undefined without a bar, and without a drawdown.
struct AverageDrawdownDuration: Metric {
  let name = "average_drawdown_duration"
  let unit = MetricUnit.bars
  let direction = MetricDirection.lower
  let definition =
    "mean over drawdowns of their number of bars below the high; one that is not over counts"
  let source = "quantstats metrics: Avg. Drawdown Days counts calendar days"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let all = DrawdownTable(returns: returns).rows
      if all.isEmpty { return .undefined(.noDrawdown) }
      return MetricValue(Double(all.reduce(0) { $0 + $1.bars }) / Double(all.count), of: lane)
    }
  }
}
