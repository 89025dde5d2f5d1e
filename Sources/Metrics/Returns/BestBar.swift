/// Largest return of one bar.
///
/// Undefined without a bar.
struct BestBar: Metric {
  let name = "best_bar"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "largest return of one bar"
  let source = "quantstats best"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      MetricValue(returns.reduce(-.infinity, Double.maximum), of: lane)
    }
  }
}
