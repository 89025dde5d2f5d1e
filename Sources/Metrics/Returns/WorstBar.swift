/// Smallest return of one bar.
///
/// Undefined without a bar.
struct WorstBar: Metric {
  let name = "worst_bar"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "smallest return of one bar"
  let source = "quantstats worst"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      MetricValue(returns.reduce(.infinity, Double.minimum), of: lane)
    }
  }
}
