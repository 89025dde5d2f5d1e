/// Loss of one bar not exceeded with a given probability, from past returns.
///
/// A positive fraction; negative when even that bar gained. No interpolation: the value is the return of a bar
/// that happened. Undefined without a bar.
struct ValueAtRisk: TailMetric {
  /// The confidence, exact.
  let level: TailLevel

  var name: String { "var_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    "-(the k-th smallest return), k = ceil((1 - c) * bars), c = 0.\(level.percent); a loss is positive"
  }
  let source =
    "historical simulation: Jorion, Value at Risk, 3rd ed., ch. 10; as skfolio value_at_risk"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    if let tail = lane.tail(level) { return MetricValue(tail.valueAtRisk, of: lane) }
    return lane.fromReturns(atLeast: 1) { MetricValue(level.valueAtRisk($0), of: lane) }
  }
}
