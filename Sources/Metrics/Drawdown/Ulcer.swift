/// Root mean square of the drawdowns of all bars.
///
/// Undefined without a bar.
struct Ulcer: Metric {
  let name = "ulcer"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "sqrt(sum(drawdown^2) / bars)"
  let source = "Martin and McCann, The Investor's Guide to Fidelity Funds (1989), as a fraction"
  let needs: MetricNeeds = .extendedSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    return MetricValue((lane.sumSquaredDrawdowns / Double(lane.bars)).squareRoot(), of: lane)
  }
}
