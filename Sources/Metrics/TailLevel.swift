/// A confidence level of a tail statistic, exact.
///
/// In thousandths, because (1 - 0.95)·n in floating point is above or below the whole number that it should be, and
/// the rank would be off by one: (1 - 0.95)·100 is 5.000000000000004.
package struct TailLevel: Sendable {
  /// The confidence in thousandths: 950 is 95 %.
  package let perMille: Int

  /// A level of 0 to 999 thousandths.
  package init(perMille: Int) {
    precondition((0..<1000).contains(perMille), "a confidence of \(perMille) thousandths")
    self.perMille = perMille
  }

  /// The confidence in per cent, for names: the catalogue has whole per cents only.
  var percent: Int { perMille / 10 }

  /// The loss not exceeded at the level, as a positive fraction, by selection in O(n).
  ///
  /// It is the return of rank ⌈(1 - c)·n⌉ from below, its sign turned. `returns` isn't empty.
  package func valueAtRisk(_ returns: [Double]) -> Double {
    var selection = Selection(of: returns)
    let rank = ((1000 - perMille) * returns.count + 999) / 1000
    return -selection.smallest(rank: rank)
  }

  /// The mean loss of the worst (1 - c)·n bars, the last of them in part; `returns` isn't empty.
  package func conditionalValueAtRisk(_ returns: [Double]) -> Double {
    let boundary = valueAtRisk(returns)
    // Every term is at least 0, so rounding cannot bring the result below the boundary.
    let excess = returns.reduce(0) { $0 + max(-$1 - boundary, 0) }
    return boundary + excess / (Double((1000 - perMille) * returns.count) / 1000)
  }
}

/// A metric of the lower tail of returns, which `LaneSummary.tails` may hold ready.
package protocol TailMetric: Metric {
  /// The confidence.
  var level: TailLevel { get }
}

/// The tail of a lane's returns at a level, found by whoever has all returns at hand.
public struct TailFigures: Sendable, Equatable {
  /// The confidence in thousandths.
  package var perMille: Int
  /// As `TailLevel.valueAtRisk` finds it.
  package var valueAtRisk: Double
  /// As `TailLevel.conditionalValueAtRisk` finds it.
  package var conditionalValueAtRisk: Double

  package init(perMille: Int, valueAtRisk: Double, conditionalValueAtRisk: Double) {
    self.perMille = perMille
    self.valueAtRisk = valueAtRisk
    self.conditionalValueAtRisk = conditionalValueAtRisk
  }
}

extension LaneSummary {
  /// The tail at a level, if it was found.
  func tail(_ level: TailLevel) -> TailFigures? { tails.first { $0.perMille == level.perMille } }
}
