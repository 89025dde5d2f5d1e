/// Closed trades a year.
///
/// Undefined without a bar.
struct TradesPerYear: Metric {
  let name = "trades_per_year"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.neutral
  let definition = "closed trades / years; years = bars / bars per year"
  let source = "Apus"

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(Double(lane.trades) / Double(lane.bars) * lane.barsPerYear, of: lane)
  }
}
