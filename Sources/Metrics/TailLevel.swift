/// A confidence level of a tail statistic, exact.
///
/// In thousandths, because (1 - 0.95)·n in floating point is above or below the whole number that it should be, and
/// the rank would be off by one: (1 - 0.95)·100 is 5.000000000000004.
struct TailLevel {
  /// The confidence in thousandths: 950 is 95 %.
  let perMille: Int

  /// The confidence in per cent, for names; levels are whole per cents.
  var percent: Int { perMille / 10 }

  /// Number of bars in the tail of `count` bars, (1 - c)·n, which need not be whole.
  func tailBars(of count: Int) -> Double { Double((1000 - perMille) * count) / 1000 }

  /// Rank from 1 of the order statistic among `count` returns: ⌈(1 - c)·n⌉.
  func rank(of count: Int) -> Int { ((1000 - perMille) * count + 999) / 1000 }

  /// The loss at the level, by selection in O(n); `returns` isn't empty.
  func valueAtRisk(_ returns: [Double]) -> Double {
    var selection = Selection(of: returns)
    return -selection.smallest(rank: rank(of: returns.count))
  }
}
