import Kernels
import Risk

/// Past means, drawn towards a value common to all symbols.
///
/// With N symbols, T returns, means μ, covariance Σ: `bayes_stein` draws towards the mean of the portfolio of least variance,
/// μ₀ = 1ᵀΣ⁻¹μ / 1ᵀΣ⁻¹1, by (N + 2) / (N + 2 + T·(μ − μ₀)ᵀΣ⁻¹(μ − μ₀)); `james_stein` towards the plain mean over symbols, by
/// min(1, max(0, (tr Σ − 2·λ_max) / (T·|μ − μ₀|²))).
///
/// - Source: Jorion, *Bayes–Stein estimation for portfolio analysis* (1986); James and Stein as in skfolio.
public struct ShrunkReturns: ReturnBeliefs {
  /// What means are drawn towards, and how far.
  public enum Kind: String, Sendable, CaseIterable {
    /// Jorion's.
    case bayesStein = "bayes_stein"
    /// James and Stein's.
    case jamesStein = "james_stein"
  }

  static let entry = BeliefsEntry(
    "shrunk", "past mean returns, drawn towards one for all symbols",
    settings: [AllocatorSetting("kind", "bayes_stein or james_stein; bayes_stein")]
  ) { (settings) throws(AllocationError) in
    let name = try settings.text(
      "kind", among: Kind.allCases.map(\.rawValue), default: Kind.bayesStein.rawValue)
    return ShrunkReturns(Kind(rawValue: name) ?? .bayesStein)
  }

  /// What means are drawn towards, and how far.
  public let kind: Kind

  /// Shrunk means.
  public init(_ kind: Kind = .bayesStein) { self.kind = kind }

  /// `shrunk(bayes_stein)`.
  public var name: String { "shrunk(\(kind.rawValue))" }

  /// Shrunk means; the covariance as it is.
  ///
  /// - Throws: as `ReturnBeliefs`; for Jorion's a covariance that is not positive definite.
  public func beliefs(_ returns: ReturnTable, _ covariance: CovarianceEstimate)
    throws(AllocationError) -> Beliefs
  {
    let means = try means(returns)
    let (target, share) = try shrinkage(means, covariance)
    return Beliefs(
      expectedReturns: means.map { $0 + share * (target - $0) }, covariance: covariance.matrix)
  }

  /// What means are drawn towards, and how far, from 0 to 1.
  func shrinkage(_ means: [Double], _ covariance: CovarianceEstimate) throws(AllocationError)
    -> (target: Double, share: Double)
  {
    let matrix = covariance.matrix
    let (symbols, bars) = (Double(means.count), Double(covariance.observationCount))
    switch kind {
    case .bayesStein:
      let factor = try AllocationError.algebra { () throws(LinearAlgebraError) in
        try Cholesky(matrix)
      }
      let ones = factor.solve([Double](repeating: 1, count: means.count))
      let target = LinearAlgebra.dot(ones, means) / ones.reduce(0, +)
      let apart = means.map { $0 - target }
      let distance = LinearAlgebra.dot(apart, factor.solve(apart))
      return (target, (symbols + 2) / (symbols + 2 + bars * distance))
    case .jamesStein:
      let target = means.reduce(0, +) / symbols
      let values = try AllocationError.algebra { () throws(LinearAlgebraError) in
        try SymmetricEigen(matrix, wantsVectors: false).values
      }
      let apart = means.reduce(0) { $0 + ($1 - target) * ($1 - target) }
      let excess = values.reduce(0, +) - 2 * (values.last ?? 0)
      return (target, apart > 0 ? min(1, max(0, excess / (bars * apart))) : 1)
    }
  }
}
