import Kernels

/// The weights of the largest quadratic utility.
public struct MaxUtility: Optimiser {
  static let entry = AllocatorEntry(
    "max_utility", "largest expected return less a price for variance",
    settings: [
      AllocatorSetting(
        "risk_aversion", "λ of μᵀw − λ/2·wᵀΣw, from 0; 1 is what log growth asks for")
    ]
  ) { (settings) throws(AllocationError) in
    MaxUtility(
      riskAversion: try settings.number("risk_aversion", in: 0...(.infinity), default: 1))
  }

  /// λ.
  public let riskAversion: Double

  /// Maximum utility at a price of variance.
  public init(riskAversion: Double) { self.riskAversion = riskAversion }

  /// `max_utility`.
  public var name: String { "max_utility" }
  /// The objective is the utility a bar.
  public var definition: String { "maximises μᵀw − λ/2·wᵀΣw − l2·Σw²" }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let program = WeightProgram(problem: problem, method: name)
    var allocation: Allocation
    if riskAversion == 0, problem.constraints.l2 == 0 {
      let best = try program.maximise(problem.expectedReturns)
      allocation = Allocation(weights: best.weights, objective: best.value)
      allocation.steps = best.steps
      return allocation
    }
    let solution = try program.minimise(
      problem.penalised(riskAversion, penalty: 2), problem.expectedReturns.map { -$0 })
    let weights = solution.x
    allocation = Allocation(
      weights: weights,
      objective: LinearAlgebra.dot(problem.expectedReturns, weights)
        - riskAversion / 2 * (try problem.variance(of: weights)) - problem.penalty(on: weights))
    allocation.steps = solution.steps
    return allocation
  }
}
