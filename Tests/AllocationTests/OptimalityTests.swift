import Kernels
import Risk
import TestSupport
import Testing

@testable import Allocation

/// No feasible direction improves what a solver calls best: the oracle is CLP, which minimises the linearised objective over
/// the same constraints.
@Suite struct OptimalityTests {
  @Test(arguments: 0..<60) func minimumVariance(seed: UInt64) throws {
    let problem = try RandomProblem(seed: seed).problem
    let allocation: Allocation
    do throws(AllocationError) { allocation = try MinVariance().allocate(problem) } catch {
      guard case .infeasible = error else { throw error }
      #expect(try !WeightPolytope(problem).conflict().isEmpty, "seed \(seed)")
      return
    }
    let gradient = try LinearAlgebra.product(problem.covariance, allocation.weights)
    try expectNoBetter(problem, allocation.weights, gradient, seed)
  }

  @Test(arguments: 0..<30) func utility(seed: UInt64) throws {
    var problem = try RandomProblem(seed: seed, isBounded: true).problem
    problem.constraints.l2 = seed % 2 == 0 ? 1e-5 : 0
    let method = MaxUtility(riskAversion: 3)
    guard let allocation = try feasible(method, problem) else { return }
    let product = try LinearAlgebra.product(problem.covariance, allocation.weights)
    let gradient = problem.symbols.indices.map {
      3 * product[$0] - problem.expectedReturns[$0] + 2 * problem.constraints.l2
        * allocation.weights[$0]
    }
    try expectNoBetter(problem, allocation.weights, gradient, seed)
  }

  @Test(arguments: 0..<30) func sharpe(seed: UInt64) throws {
    let problem = try RandomProblem(seed: seed, isBounded: true).problem
    guard let allocation = try feasible(MaxSharpe(), problem) else { return }
    let weights = allocation.weights
    let product = try LinearAlgebra.product(problem.covariance, weights)
    let variance = LinearAlgebra.dot(product, weights)
    let gain = LinearAlgebra.dot(problem.expectedReturns, weights)
    let gradient = weights.indices.map {
      gain * product[$0] / variance - problem.expectedReturns[$0]
    }
    try expectNoBetter(problem, weights, gradient, seed)
  }

  @Test(arguments: 0..<20) func growth(seed: UInt64) throws {
    let problem = try RandomProblem(seed: seed, isBounded: true).problem
    guard let allocation = try feasible(Kelly(), problem) else { return }
    let returns = try #require(problem.scenarios).values
    let inverse = try LinearAlgebra.product(returns, allocation.weights).map { 1 / (1 + $0) }
    let gradient = try LinearAlgebra.product(returns, inverse, transpose: true)
      .map { -$0 / Double(returns.rows) }
    try expectNoBetter(problem, allocation.weights, gradient, seed)
  }

  private func feasible(_ method: any Allocator, _ problem: AllocationProblem) throws -> Allocation?
  {
    do throws(AllocationError) { return try method.allocate(problem) } catch {
      if case .infeasible = error { return nil }
      throw error
    }
  }

  private func expectNoBetter(
    _ problem: AllocationProblem, _ weights: [Double], _ gradient: [Double], _ seed: UInt64
  ) throws {
    let named = NamedConstraints(symbols: problem.symbols, constraints: problem.constraints)
    #expect(named.broken(by: weights) == [], "seed \(seed)")
    // Where the least risk is 0 so is the gradient, and only rounding is left of it.
    let scale = (gradient + problem.covariance.diagonal.map { $0 * 1e-4 })
      .reduce(1e-300) { max($0, abs($1)) }
    // CLP's tolerances are absolute, and without bounds rounding would be followed to infinity.
    var bounded = problem
    bounded.constraints.lower = problem.constraints.lower.map { max($0, -10) }
    bounded.constraints.upper = problem.constraints.upper.map { min($0, 10) }
    let slope = gradient.map { $0 / scale }
    let least = try WeightProgram(problem: bounded, method: "test").maximise(slope.map { -$0 })
    let gap = LinearAlgebra.dot(slope, weights) + least.value
    #expect(gap < 1e-7, "seed \(seed)")
  }
}

/// Problems of all shapes, from a seed.
struct RandomProblem {
  let problem: AllocationProblem

  init(seed: UInt64, isBounded: Bool = false) throws {
    var random = TestRandom(seed: seed &* 977 &+ 5)
    let count = random.int(1...24)
    let bars = random.pick([count / 2 + 2, 3 * count + 10, 200])
    func uniform() -> Double { Double(random.int(0...1_000_000)) / 1_000_000 }
    var returns = Matrix(rows: bars, columns: count)
    let loads = (0..<count).map { _ in 0.5 + uniform() }
    for bar in 0..<bars {
      let market = (uniform() + uniform() + uniform() - 1.5) * 0.02
      for column in 0..<count {
        returns[bar, column] = loads[column] * market + (uniform() - 0.48) * 0.04
      }
    }
    var means = [Double](repeating: 0, count: count)
    var centred = returns
    for column in 0..<count {
      means[column] = returns.column(column).reduce(0, +) / Double(bars)
      for bar in 0..<bars { centred[bar, column] -= means[column] }
    }
    let symbols = (0..<count).map { "S\($0)" }
    var constraints = WeightConstraints(count: count)
    let share = 1 / Double(count)
    if random.one(in: 2) {
      constraints.upper = constraints.upper.map { _ in min(1, share * (1.1 + 3 * uniform())) }
    }
    if random.one(in: 3) {
      constraints.lower = constraints.lower.map { _ in -uniform() * 0.3 }
      if random.one(in: 2) { constraints.leverage = 1 + uniform() * 0.5 }
    } else if random.one(in: 4), !isBounded {
      constraints.lower = constraints.lower.map { _ in -.infinity }
      constraints.upper = constraints.upper.map { _ in .infinity }
    }
    if random.one(in: 3) {
      let members = (0..<count).filter { _ in random.one(in: 3) }
      constraints.groups = [
        .init(name: "group", members: members, least: -1, most: 0.3),
        .init(
          name: "rest", members: (0..<count).filter { !members.contains($0) }, least: 0.1, most: 2),
      ]
    }
    if random.one(in: 4) {
      constraints.held = (0..<count).map { _ in share }
      constraints.maxTurnover = 0.1 + uniform()
    }
    if random.one(in: 8) {
      constraints.lower[0] = 0.05
      constraints.upper[0] = 0.05
    }
    problem = AllocationProblem(
      symbols: symbols,
      covariance: try LinearAlgebra.gram(centred, scale: 1 / Double(bars - 1)),
      expectedReturns: means,
      scenarios: ReturnTable(
        symbols: symbols, timeNs: (0..<bars).map { Int64($0) }, values: returns, barsPerYear: 252),
      constraints: constraints)
  }
}
