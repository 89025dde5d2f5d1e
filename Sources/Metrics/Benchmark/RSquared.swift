/// Share of the returns' variance that the benchmark explains.
///
/// Undefined below two bars, without a benchmark, and without variation.
struct RSquared: Metric {
  let name = "r_squared"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.neutral
  let definition = "correlation^2"
  let source = "quantstats r_squared"
  let needs: MetricNeeds = [.returns, .benchmark]

  func value(of lane: LaneSummary) -> MetricValue {
    Correlation().value(of: lane).map(of: lane) { $0 * $0 }
  }
}
