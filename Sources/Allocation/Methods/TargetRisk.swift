import Kernels

/// The weights of the largest expected return among those with at most a volatility.
///
/// The least variance at a return is a convex function of the return, made of parabolas; Newton's method finds where it is the
/// target's square, each step a quadratic program.
public struct TargetRisk: Optimiser {
  static let entry = AllocatorEntry(
    "target_risk", "largest expected return at a volatility",
    settings: [
      AllocatorSetting("target", "largest volatility a year: that of a bar × √(bars a year)")
    ]
  ) { (settings) throws(AllocationError) in
    TargetRisk(target: try settings.number("target", in: 0...1e6))
  }

  /// Largest volatility a year, a fraction.
  public let target: Double

  /// Maximum return at a volatility.
  public init(target: Double) { self.target = target }

  /// `target_risk`.
  public var name: String { "target_risk" }
  /// The objective is the expected return a bar.
  public var definition: String { "maximises μᵀw where √(wᵀΣw) ≤ target" }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    try problem.refusePenalty(by: name)
    let program = WeightProgram(problem: problem, method: name)
    let zero = problem.symbols.map { _ in 0.0 }
    let returns = problem.expectedReturns
    let limit = target * target / problem.barsPerYear
    let calm = try program.minimise(problem.covariance, zero)
    let least = try problem.variance(of: calm.x)
    let volatility = { (variance: Double) in (variance * problem.barsPerYear).squareRoot() }
    guard least <= limit * (1 + 1e-12) else {
      throw .infeasible(conflict: [
        "volatility at most \(target) a year", "the least possible of \(volatility(least))",
      ])
    }
    var steps = calm.steps
    func finish(_ weights: [Double], isBinding: Bool) -> Allocation {
      var allocation = Allocation(
        weights: weights, objective: LinearAlgebra.dot(returns, weights))
      allocation.steps = steps
      if isBinding { allocation.binding.append("volatility at most \(target) a year") }
      return allocation
    }
    // From the right the tangent of a convex function never steps past the root. If returns have no bound, tangents begin
    // at the left, where the first one may.
    var goal: Double
    let low = LinearAlgebra.dot(returns, calm.x)
    let size = returns.reduce(1e-300) { max($0, abs($1)) }
    do throws(AllocationError) {
      let best = try program.maximise(returns)
      steps += best.steps
      let row = WeightProgram.atLeast(best.value - 1e-12 * size, of: returns)
      let top = try program.minimise(
        problem.covariance, zero, [.init(name: "return", row: row)])
      steps += top.steps
      if try problem.variance(of: top.x) <= limit { return finish(top.x, isBinding: false) }
      goal = best.value - 1e-12 * size
    } catch {
      guard case .unbounded = error else { throw error }
      goal = low + size * 1e-3
    }
    var guess: ActiveSet?
    for _ in 0..<60 {
      let row = WeightProgram.atLeast(goal, of: returns)
      let solution = try program.minimise(
        problem.covariance, zero, [.init(name: "return", row: row)], guess: guess)
      steps += max(1, solution.steps)
      guess = solution.active
      let variance = try problem.variance(of: solution.x)
      if abs(variance - limit) <= 1e-11 * limit {
        return finish(solution.x, isBinding: true)
      }
      // The last row is the return; its dual is half the slope of the variance, in the row's own scale.
      let slope = 2 * (program.lastDual(of: solution)) / size
      guard slope > 0 else { break }
      let next = goal + (limit - variance) / slope
      if abs(next - goal) <= 1e-15 * size {
        return finish(solution.x, isBinding: true)
      }
      goal = next
    }
    throw .notConverged(method: name, steps: steps, gap: .nan)
  }
}
