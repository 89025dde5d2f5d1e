/// Gains over losses of bars, times the tail ratio.
///
/// Undefined below two bars, without a loss, and when the lower quantile is 0.
struct CommonSense: Metric {
  let name = "common_sense_ratio"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "bar_profit_factor * tail_ratio"
  let source = "quantstats common_sense_ratio"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    let factor = BarProfitFactor().value(of: lane)
    guard case .defined(let gains) = factor else { return factor }
    return TailRatio().value(of: lane).map(of: lane) { $0 * gains }
  }
}
