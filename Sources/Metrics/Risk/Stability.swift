#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How straight the logarithm of equity rises: R² of its regression on time.
///
/// Undefined below three bars, for a ruined lane, and without variation.
struct Stability: Metric {
  let name = "stability"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "R^2 of the regression of cumulative log returns on the number of the bar"
  let source = "empyrical stability_of_timeseries"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 3) { returns in
      var sum = 0.0
      var path: [Double] = []
      path.reserveCapacity(returns.count)
      for value in returns {
        guard value > -1 else { return .undefined(.ruined) }
        sum += log1p(value)
        path.append(sum)
      }
      let pair = PairMoments(path.indices.map { Double($0) }, path)
      guard let correlation = pair.correlation else { return .undefined(.noVariation) }
      return MetricValue(correlation * correlation, of: lane)
    }
  }
}
