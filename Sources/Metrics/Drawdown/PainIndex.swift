/// Mean drawdown of all bars.
///
/// A positive fraction. Undefined without a bar.
struct PainIndex: Metric {
  let name = "pain_index"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "mean of |drawdown| over all bars"
  let source = "Becker, The Zephyr K-Ratio and pain index (2006); skfolio average_drawdown"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { MetricValue($0.drawdowns.mean, of: lane) }
  }
}
