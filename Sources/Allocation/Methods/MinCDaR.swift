import Kernels
import Risk

/// The weights of least conditional drawdown at risk over the past returns, drawdowns counted without compounding.
///
/// - Source: Chekhlov, Uryasev and Zabarankin (2005), *Drawdown measure in portfolio optimization*.
public struct MinCDaR: Optimiser {
  static let entry = AllocatorEntry(
    "min_cdar", "least mean of the worst past drawdowns",
    settings: [AllocatorSetting("level", "share of bars outside the tail; 0.95 without it")]
  ) { (settings) throws(AllocationError) in
    MinCDaR(level: try settings.number("level", in: 0...0.9999, default: 0.95))
  }

  /// Share of bars outside the tail.
  public let level: Double

  /// Minimum CDaR.
  public init(level: Double) { self.level = level }

  /// `min_cdar`.
  public var name: String { "min_cdar" }
  /// The objective is the drawdown, positive, a share of the capital at the start.
  public var definition: String {
    "minimises α + Σ max(0, d − α) / ((1 − level)·T), d the drawdown of the sum of returns"
  }
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
    var last: Int?
    for bar in 0..<returns.barCount {
      let depth = program.addColumn(cost: 0, lower: 0, upper: .infinity)
      let beyond = program.addColumn(cost: share, lower: 0, upper: .infinity)
      // dₜ ≥ dₜ₋₁ − r·w, from d = 0 before the first bar.
      program.addRow(
        .init(
          symbols + [depth] + (last.map { [$0] } ?? []),
          returns.values.row(bar) + [1] + (last.map { _ in [-1] } ?? []), lower: 0,
          upper: .infinity))
      program.addRow(
        .init([quantile, beyond, depth], [1, 1, -1], lower: 0, upper: .infinity))
      last = depth
    }
    return try polytope.minimum(of: program, by: name)
  }
}
