import Kernels

/// Mean products of shortfalls below a threshold: min(r − threshold, 0).
///
/// Gains count as 0, so that the mean is over all bars, and the matrix is positive semi-definite.
///
/// - Source: Estrada, *Mean-semivariance optimization: a heuristic approach* (2008), as `pypfopt.risk_models.semicovariance`.
public struct SemiCovariance: CovarianceEstimator {
  /// Return a bar below which there is a shortfall.
  public let threshold: Double
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String { CovarianceCatalog.name("semicovariance", [threshold], missing) }

  /// A semicovariance.
  ///
  /// - Precondition: the threshold is finite.
  public init(threshold: Double = 0, missing: MissingReturns = .complete) {
    precondition(threshold.isFinite, "a return")
    self.threshold = threshold
    self.missing = missing
  }

  /// Estimates from all bars of a table.
  public func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    let sample = try ReturnSample(
      returns, missing, method: name, needed: 1, isCentred: false, workers: workers)
    var shortfalls = sample.values
    for index in shortfalls.values.indices {
      let isThere = (sample.presence?.values[index] ?? 1) > 0
      shortfalls.values[index] = isThere ? min(shortfalls.values[index] - threshold, 0) : 0
    }
    var matrix = try sample.products(shortfalls)
    for row in 0..<matrix.rows {
      for column in 0..<matrix.rows { matrix[row, column] /= sample.count(row, column) }
    }
    return try sample.estimate(matrix, by: name)
  }

  static let entry = CovarianceCatalog.Entry(
    name: "semicovariance", summary: "Products of shortfalls below a threshold.",
    settings: [
      .init(
        name: "threshold", summary: "Return a bar below which there is a shortfall.", fallback: 0,
        expected: "a return a bar, such as 0", accepts: \.isFinite)
    ], takesPairs: true, make: { SemiCovariance(threshold: $0[0], missing: $1) })
}
