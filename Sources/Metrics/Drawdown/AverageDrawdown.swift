/// Mean depth of the drawdowns, each from a high to the next.
///
/// At most 0. Undefined without a bar, and without a drawdown.
struct AverageDrawdown: Metric {
  let name = "average_drawdown"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "mean over drawdowns of their deepest point; one that is not over counts"
  let source = "quantstats metrics: Avg. Drawdown; vectorbt avg_drawdown"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let all = DrawdownTable(returns: returns).rows
      if all.isEmpty { return .undefined(.noDrawdown) }
      return MetricValue(all.reduce(0) { $0 + $1.depth } / Double(all.count), of: lane)
    }
  }
}
