import Kernels
import Risk
import TestSupport
import Testing

@testable import Allocation

/// Inputs that break optimisers elsewhere: each ends in right weights or in an error that says why.
@Suite struct HostileProblemTests {
  private static let methods: [any Allocator] = [
    EqualWeights(), InverseVolatility(), MinVariance(), MaxSharpe(), TargetReturn(target: 0.1),
    TargetRisk(target: 0.2), MaxUtility(riskAversion: 2), RiskBudget(budgets: nil),
    MaxDiversification(), MinCVaR(level: 0.9), MinCDaR(level: 0.9), Kelly(),
  ]

  private func outcome(_ method: any Allocator, _ problem: AllocationProblem) throws -> [Double]? {
    do throws(AllocationError) {
      let allocation = try method.allocate(problem)
      let named = NamedConstraints(symbols: problem.symbols, constraints: problem.constraints)
      #expect(named.broken(by: allocation.weights) == [], "\(method.name)")
      return allocation.weights
    } catch {
      #expect(!error.description.isEmpty)
      return nil
    }
  }

  @Test func oneAsset() throws {
    let problem = try problem(count: 1, bars: 30)
    for method in Self.methods {
      let weights = try outcome(method, problem)
      #expect(weights == nil || abs(weights![0] - 1) < 1e-9, "\(method.name)")
    }
    #expect(try outcome(MinVariance(), problem) == [1])
  }

  @Test func moreAssetsThanBars() throws {
    let problem = try problem(count: 30, bars: 8)
    for method in Self.methods { _ = try outcome(method, problem) }
    #expect(try outcome(MinVariance(), problem) != nil)
    // Some positive weights have no risk at all, so that nothing has a share of it.
    #expect(try outcome(RiskBudget(budgets: nil), problem) == nil)
    #expect(try outcome(MinCVaR(level: 0.9), problem) != nil)
  }

  @Test func zeroVariance() throws {
    var problem = try problem(count: 4, bars: 50)
    for other in 0..<4 {
      problem.covariance[1, other] = 0
      problem.covariance[other, 1] = 0
    }
    #expect(try #require(try outcome(MinVariance(), problem))[1] > 0.9999)
    #expect(try #require(try outcome(InverseVolatility(), problem))[1] == 0)
    #expect(try #require(try outcome(RiskBudget(budgets: nil), problem))[1] == 0)
    for method in Self.methods { _ = try outcome(method, problem) }
    problem.covariance = Matrix(rows: 4, columns: 4)
    #expect(try outcome(InverseVolatility(), problem) == nil)
    #expect(try outcome(RiskBudget(budgets: nil), problem) == nil)
    for method in Self.methods { _ = try outcome(method, problem) }
  }

  @Test func equalAssets() throws {
    var problem = try problem(count: 5, bars: 50)
    problem.covariance = Matrix(rows: 5, columns: 5, repeating: 0.01)
    problem.expectedReturns = Array(repeating: 0.001, count: 5)
    for method in Self.methods { _ = try outcome(method, problem) }
    #expect(try outcome(MinVariance(), problem) != nil)
  }

  @Test func equalBounds() throws {
    var problem = try problem(count: 4, bars: 50)
    problem.constraints.lower = [0.1, 0.2, 0.3, 0.4]
    problem.constraints.upper = problem.constraints.lower
    for method in [MinVariance(), MaxSharpe(), MinCVaR(level: 0.9), Kelly()] as [any Allocator] {
      let weights = try #require(try outcome(method, problem), "\(method.name)")
      for (a, b) in zip(weights, problem.constraints.lower) { #expect(abs(a - b) < 1e-9) }
    }
    problem.constraints.upper = Array(repeating: 0.25, count: 4)
    problem.constraints.lower = Array(repeating: 0, count: 4)
    for method in Self.methods { _ = try outcome(method, problem) }
    for weight in try #require(try outcome(MinVariance(), problem)) {
      #expect(abs(weight - 0.25) < 1e-9)
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func notFinite(value: Double) throws {
    let good = try problem(count: 3, bars: 40)
    var problems = [good, good, good]
    problems[0].covariance[1, 2] = value
    problems[1].expectedReturns[0] = value
    problems[2].riskFree = value
    for problem in problems {
      for method in Self.methods {
        #expect(throws: AllocationError.self) { try method.allocate(problem) }
      }
    }
    var problem = good
    problem.constraints.groups = [.init(name: "g", members: [0, 7], least: 0, most: 1)]
    #expect(throws: AllocationError.self) { try MinVariance().allocate(problem) }
    problem.constraints.groups = []
    problem.constraints.held = [value, 0, 0]
    #expect(throws: AllocationError.self) { try MinVariance().allocate(problem) }
    problem.covariance = Matrix(rows: 0, columns: 0)
    problem.symbols = []
    #expect(throws: AllocationError.self) { try MinVariance().allocate(problem) }
  }

  @Test func conflictsAreNamed() throws {
    var problem = try problem(count: 6, bars: 50)
    problem.constraints.groups = [
      .init(name: "sector Tech", members: [0, 1, 2], least: 0, most: 0.3),
      .init(name: "sector Energy", members: [3, 4, 5], least: 0, most: 0.5),
      .init(name: "sector Rest", members: [5], least: 0, most: 0.4),
    ]
    #expect(
      throws: AllocationError.infeasible(conflict: [
        "weights add up to 1.0", "sector Tech at most 0.3", "sector Energy at most 0.5",
      ])
    ) { try MinVariance().allocate(problem) }
    problem.constraints.groups = []
    problem.constraints.upper = Array(repeating: 0.1, count: 6)
    for method in [
      MinVariance(), MinCVaR(level: 0.9), MaxSharpe(), Kelly(), TargetReturn(target: 0.3),
    ] as [any Allocator] {
      #expect(
        throws: AllocationError.infeasible(conflict: [
          "weights add up to 1.0", "each of 6 weights at most 0.1 (S0, S1, S2…)",
        ])
      ) { try method.allocate(problem) }
    }
    problem.constraints = WeightConstraints(count: 6)
    #expect(throws: AllocationError.self) { try TargetReturn(target: 1e5).allocate(problem) }
    problem.expectedReturns = Array(repeating: -0.01, count: 6)
    #expect(
      throws: AllocationError.infeasible(conflict: [
        "expected return above the risk-free 0.0 a bar"
      ])
    ) { try MaxSharpe().allocate(problem) }
    problem.constraints.held = Array(repeating: 1.0 / 6, count: 6)
    problem.constraints.maxTurnover = 0.1
    problem.constraints.lower[0] = 0.5
    #expect(
      throws: AllocationError.infeasible(conflict: [
        "turnover at most 0.1", "S0 at least 0.5",
      ])
    ) { try MinVariance().allocate(problem) }
  }

  @Test func noBound() throws {
    var problem = try problem(count: 3, bars: 50)
    problem.constraints.lower = Array(repeating: -.infinity, count: 3)
    problem.constraints.upper = Array(repeating: .infinity, count: 3)
    for method in [MaxUtility(riskAversion: 0), MinCVaR(level: 0.5)] as [any Allocator] {
      _ = try outcome(method, problem)
    }
    #expect(throws: AllocationError.self) { try MaxUtility(riskAversion: 0).allocate(problem) }
  }

  @Test func roundingIsNoPosition() throws {
    var problem = try Sample.problem()
    // All in one symbol: its bound and the budget hold at once, which only an interior point solves.
    problem.expectedReturns[3] = 0.1
    for method in [MaxUtility(riskAversion: 1), Kelly()] as [any Allocator] {
      let weights = try method.allocate(problem).weights
      #expect(weights.allSatisfy { $0 >= 0 && ($0 == 0 || $0 > 1e-12) })
      #expect(abs(weights.reduce(0, +) - 1) < 1e-8)
    }
  }

  @Test func fewHoldings() throws {
    var problem = try Sample.problem()
    problem.constraints.maxHoldings = 4
    let allocation = try MinVariance().allocate(problem)
    #expect(allocation.weights.count { $0 != 0 } <= 4)
    #expect(allocation.binding.contains("at most 4 holdings"))
    #expect(allocation.notes.count == 1)
    problem.constraints.upper = Array(repeating: 0.2, count: 20)
    // Bounds of 0 that the search set are not among what excludes each other.
    do {
      _ = try MinVariance().allocate(problem)
      Issue.record("four holdings of at most 0.2 can't add up to 1")
    } catch {
      #expect("\(error)".contains("at most 4 holdings") && !"\(error)".contains("at most 0.0"))
    }
    #expect(throws: AllocationError.self) { try RiskBudget(budgets: nil).allocate(problem) }
    problem.constraints.maxHoldings = 5
    #expect(try MinCVaR(level: 0.95).allocate(problem).weights.count { $0 != 0 } <= 5)
  }

  private func problem(count: Int, bars: Int) throws -> AllocationProblem {
    var random = TestRandom(seed: 11)
    var returns = Matrix(rows: bars, columns: count)
    for index in returns.values.indices {
      returns.values[index] = Double(random.int(-1000...1080)) / 40_000
    }
    let symbols = (0..<count).map { "S\($0)" }
    let table = ReturnTable(
      symbols: symbols, timeNs: (0..<bars).map { Int64($0) }, values: returns, barsPerYear: 252)
    return AllocationProblem(
      symbols: symbols, covariance: try SampleCovariance().estimate(table).matrix,
      expectedReturns: (0..<count).map { returns.column($0).reduce(0, +) / Double(bars) },
      scenarios: table)
  }
}
