/// Sortino ratio, less what autocorrelated returns flatter it by.
///
/// Undefined below three bars, without variation and without a shortfall.
struct SmartSortino: Metric {
  let name = "smart_sortino"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "sortino / the same root as in smart_sharpe"
  let source = "quantstats smart_sortino"
  let needs: MetricNeeds = [.returns, .extendedSums]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 3) { returns in
      guard let penalty = AutocorrelationPenalty(returns)?.factor else {
        return .undefined(.noVariation)
      }
      return Sortino().value(of: lane).map(of: lane) { $0 / penalty }
    }
  }
}
