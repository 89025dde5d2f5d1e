import Kernels

/// The sample covariance, with all eigenvalues of its correlations that noise could have made replaced by their mean.
///
/// Noise ends at the edge of Marchenko and Pastur for a variance of 1. The diagonal is scaled back to 1, variances are the sample's.
///
/// - Source: López de Prado, *Machine Learning for Asset Managers* (2020), 2.5.1, constant residual eigenvalue. He and
///   `skfolio.moments.DenoiseCovariance` fit the variance of the noise to a kernel density; on market returns that fit ends at its
///   bound, 1, and the results agree.
public struct DenoisedCovariance: CovarianceEstimator {
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String { CovarianceCatalog.name("denoised", [], missing) }

  /// A denoised covariance.
  public init(missing: MissingReturns = .complete) { self.missing = missing }

  /// Estimates from all bars of a table; covariances with a symbol that does not vary are 0.
  public func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    try returns.ofVarying(by: name, missing) { (table) throws(RiskError) in
      try estimateVarying(table, workers: workers)
    }
  }

  private func estimateVarying(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    let spectrum = try CorrelationSpectrum(returns, missing, method: name, workers: workers)
    var values = spectrum.eigen.values
    let noise = spectrum.count - spectrum.signalCount
    if noise > 0 {
      let mean = max(values[..<noise].reduce(0, +), 0) / Double(noise)
      for index in 0..<noise { values[index] = mean }
    }
    let flattened = values
    var correlation = try RiskError.algebra { () throws(LinearAlgebraError) in
      try spectrum.eigen.matrix(values: flattened)
    }
    let scales = correlation.diagonal.map { $0.squareRoot() }
    for row in 0..<spectrum.count {
      for column in 0..<spectrum.count { correlation[row, column] /= scales[row] * scales[column] }
    }
    return spectrum.estimate(correlation)
  }

  static let entry = CovarianceCatalog.Entry(
    name: "denoised", summary: "The sample, with the eigenvalues of noise replaced by their mean.",
    settings: [], takesPairs: true, make: { DenoisedCovariance(missing: $1) })
}
