/// Mean excess return a year for each unit of beta.
///
/// Undefined below two bars, without a benchmark, and without a beta that differs from 0.
struct Treynor: Metric {
  let name = "treynor"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "mean(r - rf) * bars per year / beta"
  let source = "Treynor, Harvard Business Review 43 (1965); quantstats takes the total return"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromBenchmark(atLeast: 2) { returns, benchmark in
      let pair = PairMoments(benchmark, returns)
      guard let beta = pair.slope, beta.magnitude > LaneSummary.negligible else {
        return .undefined(.noBeta)
      }
      let excess = (pair.meanY - lane.riskFreePerBar) * lane.observationsPerYear
      return MetricValue(excess / beta, of: lane)
    }
  }
}
