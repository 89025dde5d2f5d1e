import Kernels
import Market
import Metrics

/// Compounds the returns of a tile's lanes to days, block by block, and sums them up.
///
/// The operations and their order are those of `LaneContext.compounded` and `LaneSummary(returns:…)`, so the bits are too.
final class DayFold {
  private struct Sums: BitwiseCopyable {
    var growth = Vector(repeating: 1)
    var returns = Vector.zero
    var squares = Vector.zero
    var downside = Vector.zero
  }

  /// Where the kernel leaves the returns of a bundle's vectors over a block, `laneBlockBars` apart.
  let returns = AlignedBuffer(repeating: Vector.zero, count: bundleVectors * laneBlockBars)
  private let sums: AlignedBuffer<Sums>
  private let isLast: AlignedBuffer<Bool>
  private let days: Int
  private let daysPerYear: Double
  private let riskFree: Double
  private let minimumAcceptable: Double

  /// Sums for a run's vectors; nil where its statistics are of bars, or returns are kept anyway.
  init?(_ run: LaneRun, vectors: Int) {
    guard let bounds = run.dayBounds, !run.keepsReturns else { return nil }
    sums = AlignedBuffer(repeating: Sums(), count: vectors)
    isLast = AlignedBuffer(repeating: false, count: run.window.count)
    for end in bounds.dropFirst() { isLast[end - 1] = true }
    days = bounds.count - 1
    daysPerYear = run.panel.calendar.barsPerYear(frequencyNs: Calendar.dayNs)
    riskFree = LaneSummary.ratePerBar(annual: run.riskFree, barsPerYear: daysPerYear)
    minimumAcceptable = LaneSummary.ratePerBar(
      annual: run.minimumAcceptable, barsPerYear: daysPerYear)
  }

  func begin() {
    for vector in 0..<sums.count { sums.base[vector] = Sums() }
  }

  /// Takes in what the kernel left of some vectors over some bars.
  func fold(vectors: Range<Int>, firstBar: Int, count: Int) {
    let isLast = isLast.base + firstBar
    for vector in vectors {
      var sum = sums.base[vector]
      let series = returns.base + (vector - vectors.lowerBound) * laneBlockBars
      for bar in 0..<count {
        sum.growth *= Vector(repeating: 1) + series[bar]
        if !isLast[bar] { continue }
        let gain = sum.growth - Vector(repeating: 1)
        sum.growth = Vector(repeating: 1)
        sum.returns += gain
        sum.squares += gain * gain
        var shortfall = gain - Vector(repeating: minimumAcceptable)
        shortfall.replace(with: Vector.zero, where: shortfall .> Vector.zero)
        sum.downside += shortfall * shortfall
      }
      sums.base[vector] = sum
    }
  }

  func complete(_ summary: inout LaneSummary, vector: Int, lane: Int) {
    let sum = sums.base[vector]
    summary.days = days
    summary.daysPerYear = daysPerYear
    summary.riskFreePerBar = riskFree
    summary.minimumAcceptablePerBar = minimumAcceptable
    summary.sumReturns = sum.returns[lane]
    summary.sumSquaredReturns = sum.squares[lane]
    summary.sumSquaredDownside = sum.downside[lane]
  }
}
