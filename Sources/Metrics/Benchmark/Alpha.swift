/// Mean return that the benchmark does not explain, a year.
///
/// Undefined below two bars, without a benchmark, and where it doesn't vary.
struct Alpha: Metric {
  let name = "alpha"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "(mean(r - rf) - beta * mean(b - rf)) * bars per year"
  let source = "Jensen, J. Finance 23 (1968); empyrical compounds it, quantstats leaves rf out"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2) { returns, benchmark in
      lane.alpha(PairMoments(benchmark, returns))
    }
  }
}

extension LaneSummary {
  /// The annual intercept of a regression on the benchmark.
  func alpha(_ pair: PairMoments) -> MetricValue {
    guard let beta = pair.slope else { return .undefined(.noBeta) }
    let excess = pair.meanY - riskFreePerBar - beta * (pair.meanX - riskFreePerBar)
    return MetricValue(excess * observationsPerYear, of: self)
  }
}
