/// Share of bars at whose end a position is held.
///
/// Undefined without a bar.
struct Exposure: Metric {
  let name = "exposure"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.neutral
  let definition = "bars at whose end a position is held / bars"
  let source = "vectorbt position coverage; backtesting.py also counts the bar of the exit"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return MetricValue(Double(lane.barsInPosition) / Double(lane.bars), of: lane)
  }
}
