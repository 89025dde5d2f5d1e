import Metrics

/// The worst returns of a sample, in order.
struct SampleTail {
  /// As many of the least returns as the loosest level needs, ascending.
  let worst: [Double]
  /// Returns of the sample.
  let count: Int

  /// The tail that a set of levels needs, by selection in O(n).
  init(_ sample: [Double], levels: [ConfidenceLevel]) {
    count = sample.count
    var depth = 1
    for level in levels { depth = max(depth, level.rank(of: sample.count)) }
    // A few more for the standard error of the loosest level.
    depth = min(depth + Int((Double(depth).squareRoot() + 1).rounded(.up)), sample.count)
    var selection = Selection(of: sample)
    let boundary = selection.smallest(rank: depth)
    var below: [Double] = []
    below.reserveCapacity(depth)
    for value in sample where value < boundary { below.append(value) }
    below.sort()
    worst = below + Array(repeating: boundary, count: depth - below.count)
  }

  /// VaR as the order statistic of rank ⌈(1 - c)·n⌉ and the mean of the worst (1 - c)·n, the last of them in part.
  func forecast(_ level: ConfidenceLevel) -> TailForecast {
    Self.forecast(level, ascending: worst, of: count)
  }

  /// The same from the least values of a sample in order.
  static func forecast(_ level: ConfidenceLevel, ascending worst: [Double], of count: Int)
    -> TailForecast
  {
    let rank = level.rank(of: count)
    let boundary = worst[rank - 1]
    var excess = 0.0
    for index in 0..<rank { excess += boundary - worst[index] }
    return TailForecast(
      valueAtRisk: -boundary, expectedShortfall: -boundary + excess / level.tailCount(of: count))
  }

  /// The same with standard errors, for a sample of independent draws.
  ///
  /// That of VaR is half the distance between the order statistics one binomial deviation to either side, that of the
  /// shortfall √((variance of the tail + c·(ES - VaR)²) / ((1 - c)·n)).
  func simulated(_ level: ConfidenceLevel) -> TailForecast {
    var forecast = forecast(level)
    let size = level.tailCount(of: count)
    let rank = level.rank(of: count)
    let spread = max(Int((size * level.confidence).squareRoot().rounded()), 1)
    let (low, high) = (max(rank - spread, 1), min(rank + spread, worst.count))
    forecast.valueAtRiskError =
      (worst[high - 1] - worst[low - 1]) * Double(spread) / Double(max(high - low, 1))
    var variance = 0.0
    for index in 0..<rank {
      let gap = -worst[index] - forecast.expectedShortfall
      variance += gap * gap
    }
    let beyond = forecast.expectedShortfall - forecast.valueAtRisk
    forecast.expectedShortfallError =
      ((variance / Double(rank) + level.confidence * beyond * beyond) / max(size, 1)).squareRoot()
    return forecast
  }
}
