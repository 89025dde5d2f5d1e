/// The tightest bound that exponential moments give of the loss at a level.
///
/// Never below `cvar` of the same level. Undefined without a bar.
struct EntropicValueAtRisk: Metric {
  /// The confidence, exact.
  let level: TailLevel

  var name: String { "evar_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    "min over z > 0 of z * ln(mean(exp(-r / z)) / (1 - c)), c = 0.\(level.percent); a loss is positive"
  }
  let source = "Ahmadi-Javid, J. Optimization Theory and Applications 155 (2012); skfolio evar"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) {
      MetricValue(level.entropicValueAtRisk(of: $0.map { -$0 }), of: lane)
    }
  }
}
