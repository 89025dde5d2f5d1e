import Kernels

/// The sample covariance: products of deviations from the mean, over the number of bars less 1.
///
/// - Source: as `numpy.cov`; with unequal histories as `pandas.DataFrame.cov`, which takes the means of each pair's own bars.
public struct SampleCovariance: CovarianceEstimator {
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String { CovarianceCatalog.name("sample", [], missing) }

  /// A sample covariance.
  public init(missing: MissingReturns = .complete) { self.missing = missing }

  /// Estimates from all bars of a table.
  public func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    if let estimate = try withoutCopy(returns, workers: workers) { return estimate }
    let sample = try ReturnSample(
      returns, missing, method: name, needed: 2, isCentred: true, workers: workers)
    return try sample.estimate(try sample.covariance(ddof: 1), by: name)
  }

  /// The estimate of returns as they lie, means taken off their products; nil with gaps, or a mean that is too large for that.
  private func withoutCopy(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate?
  {
    guard returns.isComplete, returns.barCount >= 2 else { return nil }
    let bars = Double(returns.barCount)
    let (sums, squares) = returns.values.columnSums(workers: workers)
    let means = sums.map { $0 / bars }
    // Up to a quarter of the root mean square no more than a sixteenth of any variance is taken off, which costs no digit. It
    // excludes returns that are all equal, whose variance must be 0 without rounding. No product exceeds the larger square.
    let isSafe = zip(means, squares).allSatisfy { 16 * bars * $0 * $0 <= $1 && $1 < 0x1p1000 }
    guard isSafe else { return nil }
    let matrix = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.gramOfColumns(
        returns.values, lessMeans: means, scale: 1 / (bars - 1), workers: workers)
    }
    return CovarianceEstimate(
      symbols: returns.symbols, matrix: matrix, estimator: name,
      observationCount: returns.barCount)
  }

  /// Windows that follow from each other.
  public func rolling(_ returns: ReturnTable) throws(RiskError) -> RollingCovariance? {
    guard missing == .complete || returns.isComplete else { return nil }
    return try RollingCovariance(returns, name: name, lambda: nil)
  }

  static let entry = CovarianceCatalog.Entry(
    name: "sample", summary: "Deviations from the mean, equal weights.", settings: [],
    takesPairs: true, make: { SampleCovariance(missing: $1) })
}
