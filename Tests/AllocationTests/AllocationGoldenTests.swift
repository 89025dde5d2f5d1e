import Kernels
import Risk
import TestSupport
import Testing

@testable import Allocation

/// Best weights against skfolio and cvxpy: `Golden/make_allocations.py`.
@Suite struct AllocationGoldenTests {
  /// Method, settings and constraints of a case.
  private static func setUp(_ name: String, _ problem: inout AllocationProblem) -> any Allocator {
    let count = problem.symbols.count
    func bounds(_ low: Double, _ high: Double) {
      problem.constraints.lower = Array(repeating: low, count: count)
      problem.constraints.upper = Array(repeating: high, count: count)
    }
    switch name {
    case "min_variance": return MinVariance()
    case "min_variance capped":
      bounds(0, 0.1)
      return MinVariance()
    case "min_variance short":
      bounds(-0.2, 0.3)
      problem.constraints.leverage = 1.5
      return MinVariance()
    case "min_variance l2":
      problem.constraints.l2 = 1e-4
      return MinVariance()
    case "min_variance groups":
      problem.constraints.groups = [
        .init(name: "first", members: Array(0..<8), least: 0.6, most: .infinity),
        .init(name: "second", members: Array(8..<14), least: -.infinity, most: 0.1),
      ]
      return MinVariance()
    case "min_variance gross", "max_sharpe gross":
      bounds(-0.3, 0.3)
      problem.constraints.leverage = name.hasPrefix("min") ? 1.3 : 1.4
      problem.constraints.held = Array(repeating: 1 / Double(count), count: count)
      problem.constraints.maxTurnover = 0.9
      return name.hasPrefix("min") ? MinVariance() : MaxSharpe()
    case "max_sharpe": return MaxSharpe()
    case "max_sharpe capped":
      bounds(0, 0.15)
      return MaxSharpe()
    case "min_cvar": return MinCVaR(level: 0.95)
    case "min_cdar": return MinCDaR(level: 0.95)
    case "target_return": return TargetReturn(target: 0.25)
    case "target_risk": return TargetRisk(target: 0.22)
    case "max_utility":
      bounds(0, 0.2)
      return MaxUtility(riskAversion: 5)
    case "kelly":
      bounds(0, 0.4)
      return Kelly()
    case "max_diversification": return MaxDiversification()
    case "risk_parity": return RiskBudget(budgets: nil)
    default:
      return RiskBudget(
        budgets: Dictionary(
          uniqueKeysWithValues: problem.symbols.enumerated().map { ($1, Double($0 + 1)) }))
    }
  }

  @Test(arguments: try Golden.lines("allocations.txt").dropFirst())
  func agrees(line: String) throws {
    let fields = line.split(separator: ";")
    let name = String(fields[0])
    let expected = try #require(Double(fields[1]))
    let weights = fields.dropFirst(2).compactMap { Double($0) }
    var problem = try Sample.problem()
    let method = Self.setUp(name, &problem)
    let allocation = try method.allocate(problem)
    let named = NamedConstraints(symbols: problem.symbols, constraints: problem.constraints)
    #expect(named.broken(by: allocation.weights) == [])
    #expect(
      named.broken(by: weights) == [], "the golden weights keep the constraints as we read them")
    if name.hasPrefix("risk") {
      #expect(allocation.objective < 1e-12)
    } else {
      #expect(abs(allocation.objective - expected) <= 1e-6 * abs(expected), "\(name)")
    }
    if !name.hasPrefix("min_c") {
      let distance = zip(allocation.weights, weights).map { abs($0 - $1) }.max() ?? .nan
      #expect(distance < 2e-4, "\(name)")
    }
  }
}

/// The committed sample of 20 names as a problem.
enum Sample {
  static func problem() throws -> AllocationProblem {
    let sample = try SampleCloses.load()
    let count = sample.symbols.count
    let values = sample.returns
    let returns = Matrix(rows: values.count / count, columns: count, values)
    let table = ReturnTable(
      symbols: sample.symbols, timeNs: Array(sample.timeNs.dropFirst()), values: returns,
      barsPerYear: 252)
    let means = (0..<count).map { returns.column($0).reduce(0, +) / Double(returns.rows) }
    var problem = AllocationProblem(
      symbols: sample.symbols, covariance: try SampleCovariance().estimate(table).matrix,
      expectedReturns: means, scenarios: table)
    problem.riskFree = 0.02 / 252
    return problem
  }
}
