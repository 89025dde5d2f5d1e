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
    // Sums of returns before each bar; a drawdown is the difference of two of them.
    var sums = Matrix(rows: returns.barCount + 1, columns: returns.symbolCount)
    for bar in 0..<returns.barCount {
      for column in 0..<returns.symbolCount {
        sums[bar + 1, column] = sums[bar, column] + returns.values[bar, column]
      }
    }
    let growth = sums
    return try TailProgram(
      polytope: WeightPolytope(problem), method: name, level: level,
      scenarioCount: returns.barCount,
      size: MinCVaR.size(of: returns.values) * Double(returns.barCount).squareRoot(),
      losses: { (weights) throws(AllocationError) in
        let values = try AllocationError.algebra { () throws(LinearAlgebraError) in
          try LinearAlgebra.product(growth, weights)
        }
        var peak = 0
        return (1..<values.count).map { bar in
          if values[bar] > values[peak] { peak = bar }
          return .init(scenario: bar, value: values[peak] - values[bar], piece: peak)
        }
      },
      coefficients: { loss in
        zip(growth.row(loss.piece), growth.row(loss.scenario)).map { $0 - $1 }
      }
    ).solve()
  }
}
