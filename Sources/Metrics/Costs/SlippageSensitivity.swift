/// Total return that a further basis point of slippage would cost.
///
/// Undefined without a bar, and where nothing was ever paid in.
struct SlippageSensitivity: Metric {
  let name = "slippage_sensitivity"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "(sum over fills of price * quantity) / 10000 / (initial equity + deposits)"
  let source = "pyfolio apply_slippage_penalty, to first order"
  let needs: MetricNeeds = .tradeSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    let capital = lane.initialEquity + lane.deposits
    guard capital > 0 else { return .undefined(.noCapital) }
    return MetricValue(lane.tradedNotional / 10_000 / capital, of: lane)
  }
}
