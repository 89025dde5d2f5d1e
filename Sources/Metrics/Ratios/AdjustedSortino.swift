/// Sortino ratio over the root of two, so that it can be set beside a Sharpe ratio.
///
/// Undefined where the Sortino ratio is.
struct AdjustedSortino: Metric {
  let name = "adjusted_sortino"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "sortino / sqrt(2)"
  let source = "Schwager, Market Sense and Nonsense (2012); quantstats adjusted_sortino"
  let needs: MetricNeeds = .extendedSums

  func value(of lane: LaneSummary) -> MetricValue {
    Sortino().value(of: lane).map(of: lane) { $0 / Double(2).squareRoot() }
  }
}
