import Kernels
import Risk

/// Past means, arithmetic and a bar.
public struct MeanReturns: ReturnBeliefs {
  static let entry = BeliefsEntry("mean", "past mean returns") { (_) throws(AllocationError) in
    MeanReturns()
  }

  /// Past means.
  public init() {}

  /// `mean`.
  public var name: String { "mean" }

  /// Means of the returns that there are; the covariance as it is.
  public func beliefs(_ returns: ReturnTable, _ covariance: CovarianceEstimate)
    throws(AllocationError) -> Beliefs
  {
    Beliefs(expectedReturns: try means(returns), covariance: covariance.matrix)
  }
}
