import Kernels
import Risk
import Testing

@testable import Allocation

/// Symbols whose variance is 0, to methods that divide by it: a suspended stock is no safety.
@Suite struct ConstantSymbolTests {
  static let names = ["hrp", "herc", "nco", "risk_parity", "inverse_volatility"]

  /// The sample with a constant symbol in its middle, and without.
  private func problems() throws -> (whole: AllocationProblem, without: AllocationProblem, at: Int)
  {
    let without = try Sample.problem()
    let count = without.symbols.count
    let at = count / 2
    let places = (0..<count).map { $0 < at ? $0 : $0 + 1 }
    var whole = AllocationProblem(
      symbols: without.symbols, covariance: Matrix(rows: count + 1, columns: count + 1),
      expectedReturns: without.expectedReturns)
    whole.symbols.insert("HALT", at: at)
    whole.expectedReturns.insert(0.001, at: at)
    whole.constraints = WeightConstraints(count: count + 1)
    for (row, place) in places.enumerated() {
      for (column, other) in places.enumerated() {
        whole.covariance[place, other] = without.covariance[row, column]
      }
    }
    return (whole, without, at)
  }

  @Test(arguments: names) func theyGetNoWeightAndAreNamed(name: String) throws {
    var (whole, without, at) = try problems()
    let method = try AllocatorCatalog.allocator(named: name)
    let alone = try method.allocate(without)
    var found = try method.allocate(whole)
    #expect(found.weights.remove(at: at) == 0)
    #expect(
      found.weights == alone.weights && found.objective.bitPattern == alone.objective.bitPattern)
    #expect(found.notes == alone.notes + ["without weight, as they don't vary: HALT"])
    // Bounds of the others are sought as ever, or refused as ever.
    whole.constraints.upper = whole.symbols.map { _ in 0.07 }
    without.constraints.upper = without.symbols.map { _ in 0.07 }
    let bounded = Result { try method.allocate(without).weights }
    switch bounded {
    case .success(let weights):
      var found = try method.allocate(whole).weights
      found.remove(at: at)
      #expect(found == weights)
    case .failure:
      #expect(throws: AllocationError.self) { try method.allocate(whole) }
    }
  }

  @Test(arguments: names) func aWeightThatIsAskedOfThemIsRefused(name: String) throws {
    var (whole, _, at) = try problems()
    whole.constraints.lower[at] = 0.05
    let method = try AllocatorCatalog.allocator(named: name)
    #expect(
      throws: AllocationError.unsupported(method: name, constraint: "HALT at least 0.05")
    ) { try method.allocate(whole) }
  }

  @Test(arguments: names) func nothingButThemIsAnError(name: String) throws {
    let problem = AllocationProblem(
      symbols: ["A", "B"], covariance: Matrix(rows: 2, columns: 2), expectedReturns: [0, 0])
    #expect(throws: AllocationError.risk(.noVariation(symbols: ["A", "B"]))) {
      try AllocatorCatalog.allocator(named: name).allocate(problem)
    }
  }

  @Test func aShareOfRiskThatTheyCantGiveIsRefused() throws {
    let (whole, _, _) = try problems()
    #expect(throws: AllocationError.risk(.noVariation(symbols: ["HALT"]))) {
      try RiskBudget(budgets: ["HALT": 1, whole.symbols[0]: 1]).allocate(whole)
    }
  }
}
