/// Deepest fall of equity from its running maximum, at most 0.
///
/// Undefined without a bar.
struct MaxDrawdown: Metric {
  let name = "max_drawdown"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "min over bars of equity / running maximum - 1; the maximum starts at the initial equity"
  let source = "empyrical max_drawdown, quantstats max_drawdown"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(lane.maxDrawdown, of: lane)
  }
}
