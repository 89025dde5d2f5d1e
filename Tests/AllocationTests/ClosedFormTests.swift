import Kernels
import Risk
import TestSupport
import Testing

@testable import Allocation

/// Weights that can be worked out by hand.
@Suite struct ClosedFormTests {
  private func problem(
    _ covariance: [[Double]], _ returns: [Double]? = nil, shorts: Bool = false
  ) -> AllocationProblem {
    let count = covariance.count
    var problem = AllocationProblem(
      symbols: Array(["A", "B", "C", "D"].prefix(count)),
      covariance: Matrix(rows: count, columns: count, covariance.flatMap { $0 }),
      expectedReturns: returns ?? Array(repeating: 0.01, count: count))
    problem.barsPerYear = 1
    if shorts {
      problem.constraints.lower = Array(repeating: -.infinity, count: count)
      problem.constraints.upper = Array(repeating: .infinity, count: count)
    }
    return problem
  }

  private func expect(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-10) {
    #expect(found.count == expected.count)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= tolerance, "\(found) \(expected)") }
  }

  @Test func twoAssets() throws {
    // w₁ = (σ₂² − ρσ₁σ₂) / (σ₁² + σ₂² − 2ρσ₁σ₂) = (0.09 − 0.012) / (0.04 + 0.09 − 0.024).
    let problem = problem([[0.04, 0.012], [0.012, 0.09]])
    let allocation = try MinVariance().allocate(problem)
    expect(allocation.weights, [0.078 / 0.106, 0.028 / 0.106])
    #expect(abs(allocation.objective - (0.04 * 0.09 - 0.012 * 0.012) / 0.106) < 1e-14)
  }

  @Test func aBoundThatBindsIsNamed() throws {
    var problem = problem([[0.04, 0.012], [0.012, 0.09]])
    problem.constraints.upper = [0.5, 1]
    let allocation = try MinVariance().allocate(problem)
    expect(allocation.weights, [0.5, 0.5])
    #expect(allocation.binding == ["A at most 0.5"])
  }

  @Test func tangency() throws {
    // Uncorrelated: w ∝ (μ − rf) / σ², here 0.08/0.04, 0.03/0.01, 0.05/0.05 = 2, 3, 1.
    var problem = problem(
      [[0.04, 0, 0], [0, 0.01, 0], [0, 0, 0.05]], [0.1, 0.05, 0.07])
    problem.riskFree = 0.02
    let allocation = try MaxSharpe().allocate(problem)
    expect(allocation.weights, [2.0 / 6, 3.0 / 6, 1.0 / 6])
    #expect(abs(allocation.objective - (0.16 + 0.09 + 0.05).squareRoot()) < 1e-12)
  }

  @Test func threeAssetsShort() throws {
    // Σ⁻¹1 over its sum, by LU.
    let covariance = [[0.04, 0.03, 0.01], [0.03, 0.0529, 0.02], [0.01, 0.02, 0.09]]
    let problem = problem(covariance, shorts: true)
    let raw = try LinearAlgebra.solve(problem.covariance, [1, 1, 1])
    let sum = raw.reduce(0, +)
    expect(try MinVariance().allocate(problem).weights, raw.map { $0 / sum })
  }

  @Test func utilityIsInverseTimesReturn() throws {
    var problem = problem([[0.04, 0.01], [0.01, 0.09]], [0.06, 0.03], shorts: true)
    problem.constraints.budget = nil
    let expected = try LinearAlgebra.solve(problem.covariance, [0.02, 0.01])
    expect(try MaxUtility(riskAversion: 3).allocate(problem).weights, expected)
  }

  @Test func uncorrelatedRiskParity() throws {
    // Shares are equal where w ∝ 1/σ, and follow a budget where w ∝ √b/σ.
    let problem = problem([[0.04, 0], [0, 0.01]])
    expect(try RiskBudget(budgets: nil).allocate(problem).weights, [1.0 / 3, 2.0 / 3])
    expect(
      try RiskBudget(budgets: ["A": 4, "B": 1]).allocate(problem).weights, [0.5, 0.5])
    expect(try InverseVolatility().allocate(problem).weights, [1.0 / 3, 2.0 / 3])
  }

  @Test func targets() throws {
    let problem = problem([[0.04, 0], [0, 0.01]], [0.10, 0.04])
    let return7 = try TargetReturn(target: 0.07).allocate(problem)
    expect(return7.weights, [0.5, 0.5])
    #expect(return7.binding == ["return at least 0.07 a year"])
    let risk = (0.25 * 0.05).squareRoot()
    let atRisk = try TargetRisk(target: risk).allocate(problem)
    expect(atRisk.weights, [0.5, 0.5])
    #expect(abs(atRisk.objective - 0.07) < 1e-10)
    expect(try TargetRisk(target: 0.5).allocate(problem).weights, [1, 0])
    expect(try TargetReturn(target: 0).allocate(problem).weights, [0.2, 0.8])
  }

  @Test func coinTossKelly() throws {
    // Even money won 60 times of 100: f = p − q = 0.2; the rest is cash of no return.
    var problem = problem([[0.04, 0], [0, 0]], [0, 0])
    var returns = Matrix(rows: 100, columns: 2)
    for bar in 0..<100 { returns[bar, 0] = bar % 5 < 3 ? 1 : -1 }
    problem.scenarios = ReturnTable(
      symbols: ["A", "B"], timeNs: (0..<100).map { Int64($0) }, values: returns, barsPerYear: 1)
    expect(try Kelly().allocate(problem).weights, [0.2, 0.8], 1e-7)
  }

  @Test func turnoverAndLeverage() throws {
    var problem = problem([[0.04, 0], [0, 0.01]])
    problem.constraints.held = [0.5, 0.5]
    problem.constraints.maxTurnover = 0.2
    let moved = try MinVariance().allocate(problem)
    expect(moved.weights, [0.4, 0.6], 1e-9)
    #expect(moved.binding == ["turnover at most 0.2"])
    problem.constraints.maxTurnover = 0
    expect(try MinVariance().allocate(problem).weights, [0.5, 0.5])

    problem = self.problem([[0.04, 0.0275], [0.0275, 0.02]], shorts: true)
    problem.constraints.leverage = 1.5
    let geared = try MinVariance().allocate(problem)
    expect(geared.weights, [-0.25, 1.25], 1e-9)
    #expect(geared.binding == ["sum of absolute weights at most 1.5"])
  }

  @Test func diversification() throws {
    // Equal correlations: w ∝ 1/σ.
    let s = [0.1, 0.2, 0.4]
    let matrix = s.indices.map { a in s.indices.map { b in s[a] * s[b] * (a == b ? 1 : 0.3) } }
    expect(
      try MaxDiversification().allocate(problem(matrix)).weights, [4.0 / 7, 2.0 / 7, 1.0 / 7])
  }
}
