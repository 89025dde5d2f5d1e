/// By how much returns that follow on each other make a ratio look better than it is.
struct AutocorrelationPenalty {
  /// Correlation of a return with the one before.
  let correlation: Double
  private let count: Int

  /// The penalty of a series; nil if it doesn't vary.
  init?(_ returns: [Double]) {
    let pair = PairMoments(Array(returns.dropLast()), Array(returns.dropFirst()))
    guard let correlation = pair.correlation else { return nil }
    self.correlation = correlation
    count = returns.count
  }

  /// What the ratio is to be divided by, at least 1.
  var factor: Double {
    let size = correlation.magnitude
    var (sum, power) = (0.0, 1.0)
    for lag in 1..<count {
      power *= size
      sum += Double(count - lag) / Double(count) * power
      if power < 1e-18 { break }
    }
    return (1 + 2 * sum).squareRoot()
  }
}
