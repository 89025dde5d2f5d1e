/// The weights of least variance.
public struct MinVariance: Optimiser {
  static let entry = AllocatorEntry("min_variance", "least variance") {
    (_) throws(AllocationError) in MinVariance()
  }

  /// Minimum variance.
  public init() {}

  /// `min_variance`.
  public var name: String { "min_variance" }
  /// The objective is the variance a bar, with the penalty.
  public var definition: String { "minimises wᵀΣw + l2·Σw²" }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let program = WeightProgram(problem: problem, method: name)
    let solution = try program.minimise(
      problem.penalised(), problem.symbols.map { _ in 0 })
    var allocation = Allocation(
      weights: solution.x,
      objective: try problem.variance(of: solution.x) + problem.penalty(on: solution.x))
    allocation.steps = solution.steps
    return allocation
  }
}
