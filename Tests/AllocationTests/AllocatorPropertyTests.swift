import Kernels
import Risk
import TestSupport
import Testing

@testable import Allocation

/// What holds for every method of the catalogue.
@Suite struct AllocatorPropertyTests {
  private static let settings: [String: AllocatorSettings] = [
    "target_return": AllocatorSettings(["target": .number(0.2)]),
    "target_risk": AllocatorSettings(["target": .number(0.25)]),
    "risk_budget": AllocatorSettings(["budgets": .numbers(["AAPL": 2, "BAC": 1, "JNJ": 3])]),
  ]
  static let names = AllocatorCatalog.all.map(\.name)

  private func method(_ name: String) throws -> any Allocator {
    try AllocatorCatalog.allocator(
      named: name, settings: Self.settings[name] ?? AllocatorSettings())
  }

  @Test(arguments: names) func weightsMoveWithTheirSymbols(name: String) throws {
    var problem = try Sample.problem()
    if name == "risk_budget" { problem = Self.part(problem, of: ["AAPL", "BAC", "JNJ"]) }
    let method = try method(name)
    let weights = try method.allocate(problem).weights
    let order = Array(problem.symbols.indices.reversed())
    let moved = try method.allocate(Self.ordered(problem, order)).weights
    // Which half of hrp's order has the odd symbol depends on which side of a join is the left one: on the order of symbols.
    if name != "hrp" {
      for (new, old) in order.enumerated() { #expect(abs(moved[new] - weights[old]) < 1e-6) }
    }
    #expect(abs(weights.reduce(0, +) - 1) < 1e-8)
    #expect(try method.allocate(problem).weights == weights, "the same bits again")
  }

  @Test(arguments: ["min_variance", "max_sharpe", "risk_parity", "max_diversification", "min_cvar"])
  func scaleDoesNotMatter(name: String) throws {
    var problem = try Sample.problem()
    let method = try method(name)
    let weights = try method.allocate(problem).weights
    for factor in [1e-6, 1e4] {
      for index in problem.covariance.values.indices { problem.covariance.values[index] *= factor }
      problem.expectedReturns = problem.expectedReturns.map { $0 * factor }
      problem.riskFree *= factor
      if let table = problem.scenarios, name == "min_cvar", factor < 1 {
        problem.scenarios = ReturnTable(
          symbols: table.symbols, timeNs: table.timeNs,
          values: Matrix(
            rows: table.barCount, columns: table.symbolCount, table.values.values.map { $0 * 10 }),
          barsPerYear: 252)
      }
      for (a, b) in zip(try method.allocate(problem).weights, weights) {
        #expect(abs(a - b) < 1e-6)
      }
    }
  }

  @Test func unknownNamesAreRefused() throws {
    #expect(throws: AllocationError.self) { try AllocatorCatalog.allocator(named: "min_varance") }
    for (name, key) in [("min_cvar", "levl"), ("equal", "x")] {
      #expect(throws: AllocationError.self) {
        try AllocatorCatalog.allocator(
          named: name, settings: AllocatorSettings([key: .number(0.9)]))
      }
    }
    #expect(throws: AllocationError.self) { try AllocatorCatalog.allocator(named: "target_risk") }
    #expect(throws: AllocationError.self) {
      try AllocatorCatalog.allocator(
        named: "min_cvar", settings: AllocatorSettings(["level": .number(1)]))
    }
  }

  static func ordered(_ problem: AllocationProblem, _ order: [Int]) -> AllocationProblem {
    let symbols = order.map { problem.symbols[$0] }
    var moved = AllocationProblem(
      symbols: symbols, covariance: problem.covariance.symmetric(order),
      expectedReturns: order.map { problem.expectedReturns[$0] })
    moved.riskFree = problem.riskFree
    if let table = problem.scenarios {
      moved.scenarios = ReturnTable(
        symbols: symbols, timeNs: table.timeNs,
        values: Matrix(
          rows: table.barCount, columns: order.count,
          (0..<table.barCount).flatMap { bar in order.map { table.values[bar, $0] } }),
        barsPerYear: table.barsPerYear)
    }
    return moved
  }

  private static func part(_ problem: AllocationProblem, of symbols: [String]) -> AllocationProblem
  {
    ordered(problem, symbols.compactMap { problem.symbols.firstIndex(of: $0) })
  }
}
