import Kernels

/// The covariance of equal divisors, shrunk towards one variance for all symbols by the rule that is best for normal returns.
///
/// Derived for as many bars of every symbol: pairs of their own bars are refused.
///
/// - Source: Chen, Wiesel, Eldar and Hero, *Shrinkage algorithms for MMSE covariance estimation* (2010), equation 23 without its
///   2 / N, as `sklearn.covariance.OAS`: divisors are the number of bars.
public struct OasCovariance: CovarianceEstimator {
  /// Name with its settings.
  public var name: String { "oas" }

  /// A shrunk covariance.
  public init() {}

  /// Estimates from all bars of a table.
  public func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    let sample = try ReturnSample(
      returns, .complete, method: name, needed: 2, isCentred: true, workers: workers)
    let matrix = try sample.covariance(ddof: 0)
    let size = Double(max(matrix.rows, 1))
    let level = matrix.diagonal.reduce(0, +) / size
    let power = matrix.values.reduce(0) { $0 + $1 * $1 } / (size * size)
    let above = power + level * level
    let below = (Double(sample.barCount) + 1) * (power - level * level / size)
    // One symbol, or a matrix that is its own target: rounding may leave less than nothing.
    let shrinkage = matrix.rows < 2 ? 0 : below > 0 ? min(above / below, 1) : 1
    var result = try sample.estimate(
      LedoitWolfIdentityCovariance.shrunk(matrix, towards: level, by: shrinkage), by: name)
    result.shrinkage = shrinkage
    return result
  }

  static let entry = CovarianceCatalog.Entry(
    name: "oas", summary: "The sample, shrunk towards one variance as is best for normal returns.",
    settings: [], takesPairs: false, make: { _, _ in OasCovariance() })
}
