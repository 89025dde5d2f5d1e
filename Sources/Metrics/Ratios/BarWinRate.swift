/// Share of bars that gained, of those that moved.
///
/// Undefined without a bar, and where no bar moved.
struct BarWinRate: Metric {
  let name = "bar_win_rate"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.higher
  let definition = "returns above 0 / returns that aren't 0"
  let source = "quantstats win_rate"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let moved = returns.count { $0 != 0 }
      if moved == 0 { return .undefined(.noVariation) }
      return MetricValue(Double(returns.count { $0 > 0 }) / Double(moved), of: lane)
    }
  }
}
