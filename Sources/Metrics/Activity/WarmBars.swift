/// Bars of the window at which the strategy was still warming, and therefore flat.
///
/// Always defined.
struct WarmBars: Metric {
  let name = "warm_bars"
  let unit = MetricUnit.bars
  let direction = MetricDirection.neutral
  let definition = "bars of the window at which the strategy was still warming"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue { MetricValue(Double(lane.warmBars), of: lane) }
}
