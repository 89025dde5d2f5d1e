/// Drawdown not exceeded at a given share of bars.
///
/// A positive fraction. Undefined without a bar.
struct DrawdownAtRisk: Metric {
  /// The confidence, exact.
  let level: TailLevel

  var name: String { "dar_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    "the k-th deepest drawdown of a bar, k = ceil((1 - c) * bars), c = 0.\(level.percent), as a positive fraction"
  }
  let source = "skfolio drawdown_at_risk, on compounded returns"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      MetricValue(level.valueAtRisk(returns.drawdowns.map { -$0 }), of: lane)
    }
  }
}
