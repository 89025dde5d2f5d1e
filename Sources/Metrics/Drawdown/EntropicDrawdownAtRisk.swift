/// The tightest bound that exponential moments give of the drawdown at a level.
///
/// A positive fraction, never below `cdar` of the same level. Undefined without a bar.
struct EntropicDrawdownAtRisk: Metric {
  /// The confidence, exact.
  let level: TailLevel

  var name: String { "edar_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    "min over z > 0 of z * ln(mean(exp(d / z)) / (1 - c)) over drawdowns d, c = 0.\(level.percent)"
  }
  let source = "Cajas, Entropic portfolio optimization (2021); skfolio edar, on compounded returns"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      MetricValue(level.entropicValueAtRisk(of: returns.drawdowns), of: lane)
    }
  }
}
