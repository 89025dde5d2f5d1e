/// Skewness of returns, adjusted for the sample size.
///
/// Undefined below three bars and without variation.
struct Skew: Metric {
  let name = "skew"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.neutral
  let definition =
    "sqrt(n(n - 1)) / (n - 2) * m3 / m2^1.5, from central moments m_k = mean((r - mean r)^k)"
  let source = "G1 of Joanes and Gill, The Statistician 47 (1998); pandas skew"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 3) { returns in
      guard let moments = CentralMoments(of: returns) else { return .undefined(.noVariation) }
      let n = Double(returns.count)
      let population = moments.third / (moments.second * moments.second.squareRoot())
      return MetricValue((n * (n - 1)).squareRoot() / (n - 2) * population, of: lane)
    }
  }
}
