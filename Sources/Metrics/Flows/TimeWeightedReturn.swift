/// Growth of the account over the whole window with flows taken out.
///
/// Undefined without a bar.
struct TimeWeightedReturn: Metric {
  let name = "time_weighted_return"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition =
    "product over bars of equity / (equity before + what came in before the bar's fills) - 1"
  let source = "CFA Institute, GIPS: time-weighted return, valued at every flow"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(lane.growth - 1, of: lane)
  }
}
