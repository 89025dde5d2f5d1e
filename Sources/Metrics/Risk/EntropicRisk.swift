/// The least sure loss that somebody of exponential utility would take in place of the returns, at a level.
///
/// Of risk aversion 1. Undefined without a bar.
struct EntropicRisk: Metric {
  /// The confidence, exact.
  let level: TailLevel

  var name: String { "entropic_risk_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    "ln(mean(exp(-r)) / (1 - c)), c = 0.\(level.percent); a loss is positive"
  }
  let source =
    "Föllmer and Schied, Finance and Stochastics 6 (2002); skfolio entropic_risk_measure"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) {
      MetricValue(level.entropicRisk(of: $0.map { -$0 }, scale: 1), of: lane)
    }
  }
}
