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
    let sample = try ReturnSample(
      returns, missing, method: name, needed: 2, isCentred: true, workers: workers)
    return try sample.estimate(try sample.covariance(ddof: 1), by: name)
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
