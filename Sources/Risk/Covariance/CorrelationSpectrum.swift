import Kernels

/// Eigenvalues and eigenvectors of a sample's correlations, and where noise ends among them.
struct CorrelationSpectrum {
  /// The sample covariance and what is known of it.
  let sample: CovarianceEstimate
  /// `[N]`, returns a bar.
  let volatilities: [Double]
  /// Of the correlation matrix; values ascend.
  let eigen: SymmetricEigen

  /// Number of symbols, `N`.
  var count: Int { volatilities.count }

  /// The largest eigenvalue that independent returns of equal variance have in the limit of many bars and symbols.
  ///
  /// - Source: Marchenko and Pastur (1967): (1 + √(N / T))².
  var noiseEdge: Double {
    let root = 1 + (Double(count) / Double(sample.observationCount)).squareRoot()
    return root * root
  }

  /// Number of eigenvalues above the noise.
  var signalCount: Int { eigen.values.count { $0 > noiseEdge } }

  /// The spectrum of a table's sample covariance; all symbols vary.
  init(_ returns: ReturnTable, _ missing: MissingReturns, method: String, workers: Int)
    throws(RiskError)
  {
    let sample = try ReturnSample(
      returns, missing, method: method, needed: 2, isCentred: true, workers: workers)
    let matrix = try sample.covariance(ddof: 1)
    let estimate = try sample.estimate(matrix, by: method)
    self.sample = estimate
    volatilities = estimate.volatilities
    eigen = try RiskError.algebra { () throws(LinearAlgebraError) in
      try SymmetricEigen(estimate.correlation)
    }
  }

  /// The estimate with other correlations and the sample's variances.
  func estimate(_ correlation: Matrix) -> CovarianceEstimate {
    var result = sample
    for row in 0..<count {
      for column in 0..<count where column != row {
        result.matrix[row, column] =
          correlation[row, column] * (volatilities[row] * volatilities[column])
      }
    }
    return result
  }
}
