import Kernels
import Risk

/// The weights of least conditional value at risk over the past returns.
///
/// - Source: Rockafellar and Uryasev (2000), *Optimization of conditional value-at-risk*.
public struct MinCVaR: Optimiser {
  static let entry = AllocatorEntry(
    "min_cvar", "least mean of the worst past returns",
    settings: [AllocatorSetting("level", "share of bars outside the tail; 0.95 without it")]
  ) { (settings) throws(AllocationError) in
    MinCVaR(level: try settings.number("level", in: 0...0.9999, default: 0.95))
  }

  /// Share of bars outside the tail.
  public let level: Double

  /// Minimum CVaR.
  public init(level: Double) { self.level = level }

  /// `min_cvar`.
  public var name: String { "min_cvar" }
  /// The objective is the loss a bar, positive.
  public var definition: String { "minimises α + Σ max(0, −rw − α) / ((1 − level)·T)" }
  /// Past returns.
  public var needsScenarios: Bool { true }

  func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    try problem.refusePenalty(by: name)
    let returns = try problem.neededScenarios(by: name)
    let polytope = WeightPolytope(problem)
    var program = polytope.program(cost: problem.symbols.map { _ in 0 })
    let share = 1 / ((1 - level) * Double(returns.barCount))
    let quantile = program.addColumn(cost: 1, lower: -.infinity, upper: .infinity)
    let symbols = Array(0..<returns.symbolCount)
    for bar in 0..<returns.barCount {
      let beyond = program.addColumn(cost: share, lower: 0, upper: .infinity)
      program.addRow(
        .init(
          symbols + [quantile, beyond], returns.values.row(bar) + [1, 1], lower: 0,
          upper: .infinity))
    }
    return try polytope.minimum(of: program, by: name)
  }
}

extension WeightPolytope {
  /// Solves a program whose first columns are the weights.
  func minimum(of program: LinearProgram, by method: String) throws(AllocationError) -> Allocation {
    switch try program.solve() {
    case .solved(let x, _, let steps):
      var allocation = Allocation(
        weights: clipped(Array(x[..<symbolCount])),
        objective: LinearAlgebra.dot(x, program.cost))
      allocation.steps = steps
      return allocation
    case .infeasible: throw .infeasible(conflict: try conflict())
    case .unbounded:
      throw .unbounded(method: method, remedy: "set bounds of weights or a leverage")
    case .failed(let steps): throw .notConverged(method: method, steps: steps, gap: .nan)
    }
  }
}
