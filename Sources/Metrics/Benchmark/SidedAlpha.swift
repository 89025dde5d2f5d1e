/// Mean return that the benchmark does not explain, a year, in bars in which it rose or fell.
///
/// Undefined below two such bars, without a benchmark, and where it doesn't vary.
struct SidedAlpha: Metric {
  /// Whether bars count in which the benchmark rose.
  let isUp: Bool

  var name: String { isUp ? "up_alpha" : "down_alpha" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  var definition: String { "alpha over bars with b \(isUp ? "above" : "below") 0" }
  var source: String { "empyrical \(isUp ? "up" : "down")_alpha_beta, which compounds it" }
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2, isUp: isUp) { lane.alpha($0) }
  }
}
