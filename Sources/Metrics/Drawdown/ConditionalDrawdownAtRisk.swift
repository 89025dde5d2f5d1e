/// Mean drawdown of the bars that were deepest under water, the last of them in part.
///
/// A positive fraction. Undefined without a bar.
struct ConditionalDrawdownAtRisk: Metric {
  /// The confidence, exact.
  let level: TailLevel

  var name: String { "cdar_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    "mean drawdown of the deepest (1 - c) * bars, the last in part, c = 0.\(level.percent), as a positive fraction"
  }
  let source =
    "Chekhlov, Uryasev and Zabarankin, Int. J. Theoretical and Applied Finance 8 (2005), on compounded returns"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      MetricValue(level.conditionalValueAtRisk(returns.drawdowns.map { -$0 }), of: lane)
    }
  }
}
