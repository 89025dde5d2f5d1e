import Kernels

/// A few principal components of the correlations, and what they leave of each symbol's own variance.
///
/// Components are those of the correlation matrix, so that wild symbols don't make factors of their own; variances are the sample's.
///
/// - Source: Fan, Liao and Mincheva, *Large covariance estimation by thresholding principal orthogonal complements* (2013), with a
///   diagonal rest; the number of factors, where it is not given, is that of eigenvalues above the edge of Marchenko and Pastur.
public struct PCAFactorCovariance: CovarianceEstimator {
  /// Number of components; 0 lets the data say.
  public let factors: Int
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String {
    CovarianceCatalog.name("pca_factor", factors == 0 ? [] : [Double(factors)], missing)
  }

  /// A factor model.
  ///
  /// - Precondition: `factors` is not below 0.
  public init(factors: Int = 0, missing: MissingReturns = .complete) {
    precondition(factors >= 0, "a number of factors")
    self.factors = factors
    self.missing = missing
  }

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
    guard factors <= spectrum.count else {
      throw .setting(
        name: "factors", found: "\(factors)", expected: "at most the \(spectrum.count) symbols")
    }
    let kept = factors > 0 ? factors : spectrum.signalCount
    var values = spectrum.eigen.values
    for index in 0..<values.count - kept { values[index] = 0 }
    let common = values
    let correlation = try RiskError.algebra { () throws(LinearAlgebraError) in
      try spectrum.eigen.matrix(values: common)
    }
    return spectrum.estimate(correlation)
  }

  static let entry = CovarianceCatalog.Entry(
    name: "pca_factor", summary: "Principal components of the correlations and a diagonal rest.",
    settings: [
      .init(
        name: "factors", summary: "Number of components; 0 lets the data say.", fallback: 0,
        expected: "a whole number, 0 or more", accepts: { $0 >= 0 && Int(exactly: $0) != nil })
    ], takesPairs: true, make: { PCAFactorCovariance(factors: Int($0[0]), missing: $1) })
}
