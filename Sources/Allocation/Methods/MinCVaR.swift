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
    let values = returns.values
    return try TailProgram(
      polytope: WeightPolytope(problem), method: name, level: level,
      scenarioCount: returns.barCount, size: Self.size(of: values),
      losses: { (weights) throws(AllocationError) in
        let gains = try AllocationError.algebra { () throws(LinearAlgebraError) in
          try LinearAlgebra.product(values, weights)
        }
        return gains.enumerated().map { .init(scenario: $0, value: -$1, piece: 0) }
      },
      coefficients: { loss in values.row(loss.scenario).map { -$0 } }
    ).solve()
  }

  /// Root of the mean square; 1 for nothing.
  static func size(of values: Matrix) -> Double {
    let sum = values.values.reduce(0) { $0 + $1 * $1 }
    return sum > 0 ? (sum / Double(values.values.count)).squareRoot() : 1
  }
}
