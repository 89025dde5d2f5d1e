/// Number of bars from which a Sharpe ratio such as this one is above 0 with 95 % probability.
///
/// Undefined below four bars, without variation, and for a ratio that is not above 0.
struct MinimumTrackRecord: Metric {
  let name = "min_track_record"
  let unit = MetricUnit.bars
  let direction = MetricDirection.lower
  let definition = "1 + (1 - g3 * SR + (g4 - 1) / 4 * SR^2) * (1.645 / SR)^2, as in psr"
  let source = "Bailey and López de Prado, J. Risk 15 (2012)"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.inference(ratio: Sharpe()) {
      SharpeInference.minimumTrackRecord(
        sharpe: $0, exceeds: 0, confidence: 0.95, skew: $1, kurtosis: $2)
    }
  }
}
