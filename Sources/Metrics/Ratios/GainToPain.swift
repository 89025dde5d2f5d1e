/// Sum of returns over the sum of losing ones.
///
/// Undefined without a bar and without a loss.
struct GainToPain: Metric {
  let name = "gain_to_pain"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "sum of returns / |sum of returns below 0|"
  let source = "Schwager, Hedge Fund Market Wizards (2012), on bars; quantstats gain_to_pain_ratio"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let lost = returns.reduce(0) { $0 + min($1, 0) }
      return lost == 0
        ? .undefined(.noDownside) : MetricValue(returns.reduce(0, +) / -lost, of: lane)
    }
  }
}
