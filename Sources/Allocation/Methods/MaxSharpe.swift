import Kernels

/// The weights of the largest expected return above the risk-free one for each unit of volatility.
///
/// With `l2` the variance is that of Σ + l2·I. The budget must be positive: the ratio is the same for any multiple of the weights.
public struct MaxSharpe: Optimiser {
  static let entry = AllocatorEntry("max_sharpe", "largest Sharpe ratio") {
    (_) throws(AllocationError) in MaxSharpe()
  }

  /// Maximum Sharpe ratio.
  public init() {}

  /// `max_sharpe`.
  public var name: String { "max_sharpe" }
  /// The objective is the ratio a bar.
  public var definition: String { "maximises (μ − rf)ᵀw / √(wᵀΣw + l2·Σw²)" }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let excess = problem.expectedReturns.map { $0 - problem.riskFree }
    let (weights, steps) = try WeightProgram(problem: problem, method: name).maximiseRatio(
      of: excess, to: problem.penalised(),
      gain: "expected return above the risk-free \(problem.riskFree) a bar")
    let risk = try problem.variance(of: weights) + problem.penalty(on: weights)
    var allocation = Allocation(
      weights: weights, objective: LinearAlgebra.dot(excess, weights) / risk.squareRoot())
    allocation.steps = steps
    return allocation
  }
}
