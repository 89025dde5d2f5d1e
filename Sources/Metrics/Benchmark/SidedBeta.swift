/// Slope of the returns on the benchmark's, in bars in which it rose or fell.
///
/// Undefined below two such bars, without a benchmark, and where it doesn't vary.
struct SidedBeta: Metric {
  /// Whether bars count in which the benchmark rose.
  let isUp: Bool

  var name: String { isUp ? "up_beta" : "down_beta" }
  let unit = MetricUnit.ratio
  let direction = MetricDirection.neutral
  var definition: String { "cov(r, b) / var(b) over bars with b \(isUp ? "above" : "below") 0" }
  var source: String { "empyrical \(isUp ? "up" : "down")_alpha_beta" }
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2, isUp: isUp) { pair in
      pair.slope.map { MetricValue($0, of: lane) } ?? .undefined(.noBeta)
    }
  }
}

extension LaneSummary {
  /// A value from the bars in which the benchmark rose, or fell.
  func fromBenchmark(atLeast count: Int, isUp: Bool, _ body: (PairMoments) -> MetricValue)
    -> MetricValue
  {
    fromBenchmark(atLeast: count) { returns, benchmark in
      let bars = benchmark.indices.filter { isUp ? benchmark[$0] > 0 : benchmark[$0] < 0 }
      guard bars.count >= count else { return .undefined(.oneSidedBenchmark) }
      return body(PairMoments(bars.map { benchmark[$0] }, bars.map { returns[$0] }))
    }
  }
}
