/// Mean loss of the worst bars, as many as the level leaves, the last of them in part.
///
/// With (1 - c)·n not whole, the boundary return counts with the fraction that is left, so the value is continuous
/// in the level and never below `var` of the same level. Undefined without a bar.
struct ConditionalValueAtRisk: TailMetric {
  /// The confidence, exact.
  let level: TailLevel

  var name: String { "cvar_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    "v + sum(max(-r - v, 0)) / ((1 - c) * bars), v = var_\(level.percent), c = 0.\(level.percent); a loss is positive"
  }
  let source =
    "Rockafellar and Uryasev, Optimization of conditional value-at-risk, J. Risk 2 (2000)"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    if let tail = lane.tail(level) { return MetricValue(tail.conditionalValueAtRisk, of: lane) }
    return lane.fromReturns(atLeast: 1) { MetricValue(level.conditionalValueAtRisk($0), of: lane) }
  }
}
