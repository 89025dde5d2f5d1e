/// Probability that the true Sharpe ratio is above 0.
///
/// Undefined below four bars, without variation, and where the moments leave the ratio no variance.
struct ProbabilisticSharpe: Metric {
  let name = "psr"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "Phi(SR * sqrt(n - 1) / sqrt(1 - g3 * SR + (g4 - 1) / 4 * SR^2)), SR = sharpe / sqrt(bars per year), g3 skew, "
    + "g4 raw kurtosis, both of the population"
  let source =
    "Bailey and López de Prado, J. Risk 15 (2012); LEAN puts excess kurtosis in its place, as quantstats did up to 0.0.81"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.inference(ratio: Sharpe()) {
      SharpeInference.probability(
        sharpe: $0, exceeds: 0, count: lane.observations, skew: $1, kurtosis: $2)
    }
  }
}
