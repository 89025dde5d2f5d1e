import Kernels

/// The constraints that methods by clusters can keep: bounds and a budget.
struct ClusterBounds {
  let problem: AllocationProblem
  let method: String
  let budget: Double
  let lower: [Double]
  let upper: [Double]

  /// Checks a problem.
  ///
  /// - Parameter allowsShort: whether weights may be negative where bounds let them; else a bound below 0 is one at 0.
  init(_ given: AllocationProblem, method: String, allowsShort: Bool = false)
    throws(AllocationError)
  {
    problem = try given.checked(by: method)
    self.method = method
    let constraints = problem.constraints
    guard let budget = constraints.budget, budget > 0 else {
      throw .unsupported(
        method: method,
        constraint: constraints.budget.map { "a budget of \($0)" } ?? "a free budget")
    }
    if constraints.l2 > 0 { throw .unsupported(method: method, constraint: "l2") }
    self.budget = budget
    lower = constraints.lower.map { allowsShort ? $0 : max($0, 0) }
    upper = constraints.upper
    let (least, most) = (lower.reduce(0, +), upper.reduce(0, +))
    let named = NamedConstraints.budget(budget)
    if least > budget * (1 + 1e-12) {
      throw .infeasible(conflict: ["min_weight: at least \(least) in all", named])
    }
    if most < budget * (1 - 1e-12) {
      throw .infeasible(conflict: ["max_weight: at most \(most) in all", named])
    }
    if let shut = upper.firstIndex(where: { $0 < 0 }), !allowsShort {
      throw .unsupported(
        method: method, constraint: "a short position in \(problem.symbols[shut])")
    }
  }

  /// The share of the left side, moved as far as the bounds of both sides ask for.
  func share(_ wanted: Double, of weight: Double, _ left: ArraySlice<Int>, _ right: ArraySlice<Int>)
    -> Double
  {
    func limits(_ members: ArraySlice<Int>) -> (least: Double, most: Double) {
      (
        members.reduce(0) { $0 + lower[$1] } / weight,
        members.reduce(0) { $0 + upper[$1] } / weight
      )
    }
    guard weight > 0 else { return wanted }
    let (a, b) = (limits(left), limits(right))
    let share = min(a.most, max(a.least, wanted))
    return 1 - min(b.most, max(b.least, 1 - share))
  }

  /// Weights within the bounds that are relatively nearest to given ones, by least squares.
  ///
  /// Minimises Σ((w − g) / g)² with Σw = budget: w = g + λ·g² within bounds, and λ is found by bisection.
  func nearest(_ given: [Double]) -> [Double] {
    func weights(_ lambda: Double) -> [Double] {
      given.indices.map {
        min(max(given[$0] + lambda * given[$0] * given[$0], lower[$0]), upper[$0])
      }
    }
    if zip(given, zip(lower, upper)).allSatisfy({ $0 >= $1.0 && $0 <= $1.1 }) { return given }
    // Weights of 0 never grow; what the others can't take is left for the check at the end.
    var (low, high) = (-1.0, 1.0)
    while weights(low).reduce(0, +) > budget, low > -1e100 { low *= 2 }
    while weights(high).reduce(0, +) < budget, high < 1e100 { high *= 2 }
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if weights(middle).reduce(0, +) < budget { low = middle } else { high = middle }
    }
    return weights(high)
  }

  /// The allocation of weights; constraints other than bounds and budget are checked, not sought.
  func finish(_ weights: [Double], _ risk: ClusterRisk) throws(AllocationError) -> Allocation {
    if let bad = weights.firstIndex(where: { !$0.isFinite }) {
      throw .risk(.noVariation(symbol: problem.symbols[bad]))
    }
    var variance = 0.0
    for row in weights.indices where weights[row] != 0 {
      var sum = 0.0
      for column in weights.indices { sum += problem.covariance[row, column] * weights[column] }
      variance += weights[row] * sum
    }
    return try problem.fixed(weights, objective: risk.of(variance), by: method)
  }
}
