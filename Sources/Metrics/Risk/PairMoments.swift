/// Means, variances and covariance of two series, in two passes.
struct PairMoments {
  let meanX: Double
  let meanY: Double
  /// Sums of squares and of products about the means.
  private(set) var squaresX = 0.0
  private(set) var squaresY = 0.0
  private(set) var products = 0.0
  private let count: Double

  /// Moments of two series of one length that aren't empty.
  init(_ x: [Double], _ y: [Double]) {
    count = Double(x.count)
    meanX = x.mean
    meanY = y.mean
    for index in x.indices {
      let (dx, dy) = (x[index] - meanX, y[index] - meanY)
      squaresX += dx * dx
      squaresY += dy * dy
      products += dx * dy
    }
  }

  /// Slope of y on x; nil if x doesn't vary.
  var slope: Double? { varies(squaresX, meanX) ? products / squaresX : nil }

  /// Correlation; nil if either doesn't vary.
  var correlation: Double? {
    guard varies(squaresX, meanX), varies(squaresY, meanY) else { return nil }
    return products / (squaresX * squaresY).squareRoot()
  }

  /// Whether squares are more than the rounding of equal values leaves.
  private func varies(_ squares: Double, _ mean: Double) -> Bool {
    let deviation = (squares / count).squareRoot()
    return deviation > LaneSummary.negligible && deviation > mean.magnitude * 8 * .ulpOfOne
  }
}
