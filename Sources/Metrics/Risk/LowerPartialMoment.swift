/// Mean power of the returns' shortfalls below the minimum acceptable one.
///
/// Undefined without a bar.
struct LowerPartialMoment: Metric {
  /// 1 or 4; the root of the second is the downside deviation.
  let order: Int

  var name: String { "lpm_\(order)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String { "mean of max(mar - r, 0)\(order == 1 ? "" : "^\(order)")" }
  let source =
    "Fishburn, American Economic Review 67 (1977); skfolio, whose threshold is the mean return"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let sum = returns.reduce(0.0) {
        let shortfall = max(lane.minimumAcceptablePerBar - $1, 0)
        return $0 + (0..<order).reduce(1.0) { power, _ in power * shortfall }
      }
      return MetricValue(sum / Double(returns.count), of: lane)
    }
  }
}
