/// Kurtosis of returns less that of the normal distribution, adjusted for the sample size.
///
/// Undefined below four bars and without variation.
struct ExcessKurtosis: Metric {
  let name = "excess_kurtosis"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.neutral
  let definition =
    "(n - 1) / ((n - 2)(n - 3)) * ((n + 1)(m4 / m2^2 - 3) + 6), from central moments; normal is 0"
  let source = "G2 of Joanes and Gill, The Statistician 47 (1998); pandas kurtosis"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 4) { returns in
      guard let moments = CentralMoments(of: returns) else { return .undefined(.noVariation) }
      let n = Double(returns.count)
      let population = moments.fourth / (moments.second * moments.second) - 3
      return MetricValue((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * population + 6), of: lane)
    }
  }
}
