/// Bars in which a stop and a target were both reached, so that the result rests on the `intrabar` rule.
///
/// Always defined.
struct AmbiguousBars: Metric {
  let name = "ambiguous_bars"
  let unit = MetricUnit.bars
  let direction = MetricDirection.lower
  let definition = "bars in which a stop and a target were both reached"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    MetricValue(Double(lane.ambiguousBars), of: lane)
  }
}
