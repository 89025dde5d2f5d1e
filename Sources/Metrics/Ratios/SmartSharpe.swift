/// Sharpe ratio, less what autocorrelated returns flatter it by.
///
/// Undefined below three bars and without variation.
struct SmartSharpe: Metric {
  let name = "smart_sharpe"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition =
    "sharpe / sqrt(1 + 2 * sum over k = 1 … n - 1 of (n - k) / n * |a|^k), a = correlation of a return with the one before"
  let source = "quantstats smart_sharpe; after Lo, Financial Analysts Journal 58 (2002)"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 3) { returns in
      guard let penalty = AutocorrelationPenalty(returns)?.factor else {
        return .undefined(.noVariation)
      }
      return Sharpe().value(of: lane).map(of: lane) { $0 / penalty }
    }
  }
}
