extension MetricValue {
  /// The value worked on, if there is one.
  func map(of lane: LaneSummary, _ body: (Double) -> Double) -> MetricValue {
    guard case .defined(let number) = self else { return self }
    return MetricValue(body(number), of: lane)
  }
}

extension LaneSummary {
  /// A value from a ratio per observation, the skew and the raw kurtosis of returns, or why there is none.
  func inference(ratio: any Metric, _ body: (Double, Double, Double) -> Double) -> MetricValue {
    fromReturns(atLeast: 4) { returns in
      guard let moments = CentralMoments(of: returns) else { return .undefined(.noVariation) }
      guard case .defined(let annual) = ratio.value(of: self) else {
        return ratio.value(of: self)
      }
      let variance = moments.second
      let value = body(
        annual / observationsPerYear.squareRoot(),
        moments.third / (variance * variance.squareRoot()), moments.fourth / (variance * variance))
      return value.isNaN ? .undefined(.noFit) : MetricValue(value, of: self)
    }
  }
}
