/// Mean distance between two returns of different bars.
///
/// O(T log T). Undefined below two bars.
struct GiniMeanDifference: Metric {
  let name = "gini_mean_difference"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "mean of |r_i - r_j| over all pairs of bars i < j"
  let source = "Yitzhaki, American Economic Review 72 (1982); skfolio gini_mean_difference"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 2) { returns in
      let n = returns.count
      let sum = returns.sorted().enumerated().reduce(0.0) {
        $0 + Double(2 * $1.offset + 1 - n) * $1.element
      }
      return MetricValue(sum * 2 / (Double(n) * Double(n - 1)), of: lane)
    }
  }
}
