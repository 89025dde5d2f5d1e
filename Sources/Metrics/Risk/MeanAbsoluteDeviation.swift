/// Mean distance of returns from their mean.
///
/// Undefined without a bar.
struct MeanAbsoluteDeviation: Metric {
  let name = "mean_absolute_deviation"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "mean of |r - mean r|"
  let source =
    "Konno and Yamazaki, Management Science 37 (1991); skfolio mean_absolute_deviation"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let mean = returns.mean
      let sum = returns.reduce(0) { $0 + ($1 - mean).magnitude }
      return MetricValue(sum / Double(returns.count), of: lane)
    }
  }
}
