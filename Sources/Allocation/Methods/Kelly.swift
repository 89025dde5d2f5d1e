import Kernels
import Risk

/// The weights of the largest growth of the logarithm of capital over the past returns.
///
/// Newton's method, each step a quadratic program over the constraints, and half the way back while growth would be lost.
///
/// - Source: Kelly (1956), *A new interpretation of information rate*.
public struct Kelly: Optimiser {
  static let entry = AllocatorEntry("kelly", "largest logarithmic growth over past returns") {
    (_) throws(AllocationError) in Kelly()
  }

  /// Largest logarithmic growth.
  public init() {}

  /// `kelly`.
  public var name: String { "kelly" }
  /// The objective is the mean of log(1 + r) a bar, less the penalty.
  public var definition: String { "maximises mean log(1 + rw) − l2·Σw²" }
  /// Past returns.
  public var needsScenarios: Bool { true }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let returns = try problem.neededScenarios(by: name).values
    let program = WeightProgram(problem: problem, method: name)
    let penalty = problem.constraints.l2
    func growth(_ weights: [Double]) throws(AllocationError) -> (mean: Double, factors: [Double]) {
      let product = try AllocationError.algebra { () throws(LinearAlgebraError) in
        try LinearAlgebra.product(returns, weights)
      }
      let factors = product.map { 1 + $0 }
      guard factors.allSatisfy({ $0 > 0 }) else { return (-.infinity, factors) }
      let sum = factors.reduce(0) { $0 + DeterministicMath.log($1) }
      return (
        sum / Double(factors.count) - penalty * LinearAlgebra.dot(weights, weights), factors
      )
    }
    let start = try program.minimise(problem.penalised(), problem.symbols.map { _ in 0 })
    var weights = start.x
    var now = try growth(weights)
    guard now.mean > -.infinity else {
      throw .unbounded(
        method: name,
        remedy: "even the weights of least variance lose everything on a bar; set bounds")
    }
    var steps = start.steps
    var guess: ActiveSet?
    for _ in 0..<100 {
      let inverse = now.factors.map { 1 / $0 }
      let (slope, bend) = try derivatives(returns, inverse, weights, penalty)
      let push = try AllocationError.algebra { () throws(LinearAlgebraError) in
        try LinearAlgebra.product(bend, weights)
      }
      let solution = try program.minimise(
        bend, zip(slope, push).map { -$0 - $1 }, guess: guess)
      steps += max(1, solution.steps)
      guess = solution.active
      let move = zip(solution.x, weights).map { $0 - $1 }
      let gain = LinearAlgebra.dot(slope, move)
      var length = 1.0
      var next = try growth(solution.x)
      var trial = solution.x
      while next.mean < now.mean + 1e-4 * length * gain, length > 1e-12, gain > 1e-15 {
        length /= 2
        trial = zip(weights, move).map { $0 + length * $1 }
        next = try growth(trial)
      }
      if next.mean >= now.mean { (weights, now) = (trial, next) }
      if gain <= 1e-13 * max(abs(now.mean), 1e-3) || length <= 1e-12 {
        var allocation = Allocation(weights: weights, objective: now.mean)
        allocation.steps = steps
        return allocation
      }
    }
    throw .notConverged(method: name, steps: steps, gap: .nan)
  }

  /// Gradient of the growth, and its curvature with the sign turned.
  private func derivatives(
    _ returns: Matrix, _ inverse: [Double], _ weights: [Double], _ penalty: Double
  ) throws(AllocationError) -> ([Double], Matrix) {
    let share = 1 / Double(returns.rows)
    var scaled = returns
    for row in 0..<returns.rows {
      for column in 0..<returns.columns { scaled[row, column] *= inverse[row] }
    }
    return try AllocationError.algebra { () throws(LinearAlgebraError) in
      var slope = try LinearAlgebra.product(returns, inverse, transpose: true).map { $0 * share }
      var bend = try LinearAlgebra.gram(scaled, scale: share)
      for index in slope.indices {
        slope[index] -= 2 * penalty * weights[index]
        bend[index, index] += 2 * penalty
      }
      return (slope, bend)
    }
  }
}
