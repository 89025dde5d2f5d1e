/// Probability that the true adjusted Sortino ratio is above 0, with the variance of a Sharpe ratio.
///
/// Undefined below four bars, without variation or shortfall, and where the moments leave the ratio no variance.
struct ProbabilisticSortino: Metric {
  let name = "probabilistic_sortino"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "as psr, with adjusted_sortino / sqrt(bars per year) in place of SR"
  let source = "quantstats probabilistic_adjusted_sortino_ratio, with raw kurtosis"
  let needs: MetricNeeds = [.returns, .extendedSums]

  func value(of lane: LaneSummary) -> MetricValue {
    lane.inference(ratio: AdjustedSortino()) {
      SharpeInference.probability(
        sharpe: $0, exceeds: 0, count: lane.observations, skew: $1, kurtosis: $2)
    }
  }
}
