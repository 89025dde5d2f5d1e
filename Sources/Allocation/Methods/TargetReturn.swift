import Kernels

/// The weights of least variance among those with at least an expected return.
public struct TargetReturn: Optimiser {
  static let entry = AllocatorEntry(
    "target_return", "least variance at an expected return",
    settings: [
      AllocatorSetting("target", "least expected return a year: that of a bar × bars a year")
    ]
  ) { (settings) throws(AllocationError) in
    TargetReturn(target: try settings.number("target", in: -1e6...1e6))
  }

  /// Least expected return a year, a fraction.
  public let target: Double

  /// Minimum variance at a return.
  public init(target: Double) { self.target = target }

  /// `target_return`.
  public var name: String { "target_return" }
  /// The objective is the variance a bar, with the penalty.
  public var definition: String { "minimises wᵀΣw + l2·Σw² where μᵀw ≥ target" }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let program = WeightProgram(problem: problem, method: name)
    let row = WeightProgram.atLeast(target / problem.barsPerYear, of: problem.expectedReturns)
    let named = WeightPolytope.NamedRow(name: "return at least \(target) a year", row: row)
    let solution = try program.minimise(
      problem.penalised(), problem.symbols.map { _ in 0 }, [named])
    var allocation = Allocation(
      weights: solution.x,
      objective: try problem.variance(of: solution.x) + problem.penalty(on: solution.x))
    allocation.steps = solution.steps
    if row.value(at: solution.x) <= row.lower + 1e-9 * max(1, abs(row.lower)) {
      allocation.binding.append(named.name)
    }
    return allocation
  }
}

extension WeightProgram {
  /// gainᵀ·w ≥ least, with coefficients up to 1.
  static func atLeast(_ least: Double, of gain: [Double]) -> QuadraticProgram.Row {
    let size = gain.reduce(0) { max($0, abs($1)) }
    let scale = size > 0 ? 1 / size : 1
    return .init(
      Array(gain.indices), gain.map { $0 * scale }, lower: least * scale, upper: .infinity)
  }
}
