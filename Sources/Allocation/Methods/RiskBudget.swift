import CShims
import Kernels
import Risk

/// Weights whose shares of the variance are given: equal ones (risk parity) or a budget for each symbol.
///
/// The minimum of ½ xᵀΣx − Σ b·log x, by Newton's method, scaled to the budget of weights. All weights are positive; other
/// constraints are checked, not sought, since shares and constraints would exclude each other.
///
/// - Source: Maillard, Roncalli and Teïletche (2010); Spinu (2013), *An algorithm for computing risk parity weights*.
public struct RiskBudget: Allocator {
  static let parity = AllocatorEntry("risk_parity", "the same share of variance for every symbol") {
    (_) throws(AllocationError) in RiskBudget(budgets: nil)
  }
  static let entry = AllocatorEntry(
    "risk_budget", "given shares of variance",
    settings: [
      AllocatorSetting(
        "budgets", "a share for each symbol, in any unit; those left out get 0 and no weight")
    ]
  ) { (settings) throws(AllocationError) in
    guard let budgets = try settings.numbers("budgets", in: 0...1e12) else {
      throw .setting(name: "budgets", found: "nothing", expected: "a share for each symbol")
    }
    return RiskBudget(budgets: budgets)
  }

  /// Shares by symbol; nil for equal ones.
  public let budgets: [String: Double]?

  /// Shares by symbol; nil for equal ones.
  public init(budgets: [String: Double]?) { self.budgets = budgets }

  /// `risk_parity`, or `risk_budget`.
  public var name: String { budgets == nil ? "risk_parity" : "risk_budget" }
  /// The objective is the largest difference of a share and its budget.
  public var definition: String { "w·(Σw) = budget·wᵀΣw for every symbol" }

  /// Weights with the shares asked for.
  ///
  /// Equal shares are those of the symbols that vary; others have no weight, and are named in the notes.
  ///
  /// - Throws: `AllocationError.unsupported` if they break a constraint; `risk(.noVariation)` if a share is asked of symbols that
  ///   don't vary, which no weight gives.
  public func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    budgets == nil ? try problem.ofVarying(by: name, solve) : try solve(problem)
  }

  private func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let problem = try problem.checked(by: name)
    try problem.refusePenalty(by: name)
    let shares = try shares(problem.symbols)
    let held = shares.indices.filter { shares[$0] > 0 }
    let deviations = held.map { problem.covariance[$0, $0].squareRoot() }
    let flat = held.indices.filter { deviations[$0] == 0 }.map { problem.symbols[held[$0]] }
    guard flat.isEmpty else { throw .risk(.noVariation(symbols: flat)) }
    guard let budget = problem.constraints.budget, budget > 0 else {
      throw .setting(
        name: "budget", found: problem.constraints.budget.map { "\($0)" } ?? "none",
        expected: "a positive number for \(name)")
    }
    var correlation = problem.covariance.symmetric(held)
    for row in held.indices {
      for column in held.indices {
        correlation[row, column] /= deviations[row] * deviations[column]
      }
    }
    let wanted = held.map { shares[$0] }
    let (x, steps) = try minimum(correlation, wanted)
    var weights = [Double](repeating: 0, count: shares.count)
    let scaled = zip(x, deviations).map { $0 / $1 }
    let sum = scaled.reduce(0, +)
    for (new, old) in held.enumerated() { weights[old] = scaled[new] * budget / sum }
    let product = try AllocationError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(problem.covariance, weights)
    }
    let variance = LinearAlgebra.dot(product, weights)
    let error = weights.indices.reduce(0.0) {
      max($0, abs(weights[$1] * product[$1] / variance - shares[$1]))
    }
    var allocation = try problem.fixed(weights, objective: error, by: name)
    allocation.steps = steps
    return allocation
  }

  private func shares(_ symbols: [String]) throws(AllocationError) -> [Double] {
    guard let budgets else { return symbols.map { _ in 1 / Double(symbols.count) } }
    for name in budgets.keys.sorted() where !symbols.contains(name) {
      throw .setting(
        name: "budgets.\(name)", found: "a symbol that takes no part",
        expected: "one of the symbols." + didYouMean(nearestName(to: name, among: symbols)))
    }
    let sum = budgets.values.sorted().reduce(0, +)
    guard sum > 0 else {
      throw .setting(name: "budgets", found: "none above 0", expected: "at least one above 0")
    }
    return symbols.map { (budgets[$0] ?? 0) / sum }
  }

  /// The x > 0 where x·(Cx) = b.
  private func minimum(_ c: Matrix, _ b: [Double]) throws(AllocationError) -> ([Double], Int) {
    guard apus_blas_open() else { throw .risk(.algebra(.libraryMissing)) }
    let count = b.count
    func value(_ x: [Double], _ product: [Double]) -> Double {
      var sum = LinearAlgebra.dot(x, product) / 2
      for index in b.indices { sum -= b[index] * DeterministicMath.log(x[index]) }
      return sum
    }
    func times(_ x: [Double]) -> [Double] {
      var y = [Double](repeating: 0, count: count)
      apus_blas_multiply_vector(
        false, Int32(count), Int32(count), 1, c.values, Int32(count), x, 0, &y)
      return y
    }
    var x = b.map { $0.squareRoot() }
    // The best multiple of the first guess.
    let first = LinearAlgebra.dot(x, times(x))
    if first > 0 { x = x.map { $0 / first.squareRoot() } }
    var product = times(x)
    for step in 1...200 {
      let gradient = b.indices.map { product[$0] - b[$0] / x[$0] }
      let worst = b.indices.reduce(0.0) { max($0, abs(x[$1] * product[$1] - b[$1])) }
      if worst <= 1e-15 { return (x, step) }
      var bend = c
      for index in b.indices { bend[index, index] += b[index] / (x[index] * x[index]) }
      guard apus_lapack_cholesky(Int32(count), &bend.values, Int32(count)) == 0 else { break }
      var move = gradient.map { -$0 }
      apus_blas_solve_lower(false, Int32(count), 1, bend.values, Int32(count), &move, 1)
      apus_blas_solve_lower(true, Int32(count), 1, bend.values, Int32(count), &move, 1)
      var length = 1.0
      for index in b.indices where move[index] < 0 {
        length = min(length, -0.95 * x[index] / move[index])
      }
      let now = value(x, product)
      let slope = LinearAlgebra.dot(gradient, move)
      var trial = x
      var found = product
      while true {
        trial = zip(x, move).map { $0 + length * $1 }
        found = times(trial)
        if value(trial, found) <= now + 1e-4 * length * slope || length < 1e-9 { break }
        length /= 2
      }
      let settled = b.indices.reduce(0.0) { max($0, abs(length * move[$1]) / x[$1]) }
      (x, product) = (trial, found)
      if largest(x) > 1e7 {
        throw .unbounded(
          method: name,
          remedy:
            "some weights above 0 have no risk together; take more bars or a shrunk covariance")
      }
      if settled <= 1e-14 || (length < 1e-9 && worst <= 1e-10) { return (x, step) }
    }
    let worst = b.indices.reduce(0.0) { max($0, abs(x[$1] * product[$1] - b[$1])) }
    guard worst <= 1e-10 else { throw .notConverged(method: name, steps: 200, gap: worst) }
    return (x, 200)
  }
}
