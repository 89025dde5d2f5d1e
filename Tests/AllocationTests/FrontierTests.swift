import Kernels
import TestSupport
import Testing

@testable import Allocation

@Suite struct FrontierTests {
  @Test func runsFromLeastVarianceToLargestReturn() throws {
    let problem = try Sample.problem()
    let frontier = try EfficientFrontier(problem, points: 12)
    #expect(frontier.pointCount == 12)
    let calm = try MinVariance().allocate(problem)
    #expect(frontier.weights.row(0) == calm.weights)
    let best = problem.expectedReturns.max() ?? .nan
    #expect(abs(frontier.returnAnnualized[11] - best * 252) < 1e-9)
    for point in 1..<12 {
      #expect(frontier.returnAnnualized[point] > frontier.returnAnnualized[point - 1])
      #expect(frontier.volatilityAnnualized[point] > frontier.volatilityAnnualized[point - 1])
      // Each is what its target alone gives, whatever was solved before.
      let alone = try TargetReturn(target: frontier.returnAnnualized[point] - 1e-12)
        .allocate(problem)
      for (a, b) in zip(alone.weights, frontier.weights.row(point)) { #expect(abs(a - b) < 1e-6) }
      if point > 1 {
        // Variance is convex in the return.
        let squares = frontier.volatilityAnnualized.map { $0 * $0 }
        #expect(2 * squares[point - 1] <= squares[point] + squares[point - 2] + 1e-12)
      }
    }
  }

  @Test func ofOneReturnIsOnePoint() throws {
    var problem = try Sample.problem()
    problem.expectedReturns = problem.symbols.map { _ in 0.001 }
    #expect(try EfficientFrontier(problem, points: 5).pointCount == 1)
    #expect(throws: AllocationError.self) { try EfficientFrontier(problem, points: 1) }
    problem.constraints.maxHoldings = 3
    #expect(throws: AllocationError.self) { try EfficientFrontier(problem, points: 5) }
  }

  @Test func keepsConstraints() throws {
    var problem = try Sample.problem()
    problem.constraints.lower = problem.symbols.map { _ in -0.1 }
    problem.constraints.upper = problem.symbols.map { _ in 0.2 }
    problem.constraints.leverage = 1.4
    let frontier = try EfficientFrontier(problem, points: 6)
    let named = NamedConstraints(symbols: problem.symbols, constraints: problem.constraints)
    for point in 0..<6 { #expect(named.broken(by: frontier.weights.row(point)) == []) }
  }

  @Test func chart() throws {
    // Two assets with weights by hand, so that the text does not depend on the last digits of a solver.
    var problem = AllocationProblem(
      symbols: ["A", "B<&>"], covariance: Matrix(rows: 2, columns: 2, [0.04, 0, 0, 0.01]),
      expectedReturns: [0.10, 0.04])
    problem.barsPerYear = 1
    problem.riskFree = 0.01
    let svg = FrontierChart.svg(
      try EfficientFrontier(problem, points: 5), title: "Two & two",
      marks: [
        .init(name: "equal", volatilityAnnualized: 0.1118, returnAnnualized: 0.07),
        .init(name: "none", volatilityAnnualized: .nan, returnAnnualized: 0),
      ])
    #expect(try Golden.difference(svg, from: "frontier.svg") == nil)
    #expect(!svg.contains("nan") && svg.contains("B&lt;&amp;&gt;"))
  }
}
