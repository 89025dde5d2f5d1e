import Kernels

/// The weights of the largest diversification ratio: the mean of volatilities over the volatility of the whole.
///
/// With `l2` the variance is that of Σ + l2·I. The budget must be positive.
///
/// - Source: Choueifaty and Coignard (2008), *Toward maximum diversification*.
public struct MaxDiversification: Optimiser {
  static let entry = AllocatorEntry(
    "max_diversification", "largest ratio of mean volatility to volatility of the whole"
  ) { (_) throws(AllocationError) in MaxDiversification() }

  /// Maximum diversification.
  public init() {}

  /// `max_diversification`.
  public var name: String { "max_diversification" }
  /// The objective is the ratio.
  public var definition: String { "maximises σᵀw / √(wᵀΣw + l2·Σw²)" }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let deviations = problem.covariance.diagonal.map { $0.squareRoot() }
    let (weights, steps) = try WeightProgram(problem: problem, method: name).maximiseRatio(
      of: deviations, to: problem.penalised(), gain: "a volatility above 0")
    let risk = try problem.variance(of: weights) + problem.penalty(on: weights)
    var allocation = Allocation(
      weights: weights, objective: LinearAlgebra.dot(deviations, weights) / risk.squareRoot())
    allocation.steps = steps
    return allocation
  }
}
