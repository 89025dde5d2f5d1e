import Kernels

/// What each group of bars of a block has at most: its extremes, and the signals that any of its bars gives.
///
/// A vector that these can't touch goes through the group without looking at its bars.
struct BarGroups {
  private let extremes: UnsafeMutablePointer<Double>
  private let signals: UnsafeMutablePointer<UInt64>

  private static let most = laneBlockBars / Position.group

  @inline(always)
  init(_ block: LaneBlock) {
    extremes = UnsafeMutableRawPointer(block.work).assumingMemoryBound(to: Double.self)
    signals = block.work + 2 * Self.most
    for group in 0..<(block.count + Position.group - 1) / Position.group {
      let start = group * Position.group
      var low = Double.infinity
      var high = -Double.infinity
      var (longEntry, longExit) = (UInt64(0), UInt64(0))
      var (shortEntry, shortExit) = (UInt64(0), UInt64(0))
      for bar in start..<Position.groupEnd(start, block.count) {
        low = block.prices.low[bar] < low ? block.prices.low[bar] : low
        high = block.prices.high[bar] > high ? block.prices.high[bar] : high
        longEntry |= block.signals.longEntry[bar]
        longExit |= block.signals.longExit[bar]
        shortEntry |= block.signals.shortEntry[bar]
        shortExit |= block.signals.shortExit[bar]
      }
      extremes[2 * group] = low
      extremes[2 * group + 1] = high
      signals[4 * group] = longEntry
      signals[4 * group + 1] = longExit
      signals[4 * group + 2] = shortEntry
      signals[4 * group + 3] = shortExit
    }
  }

  @inline(always)
  func low(_ group: Int) -> Vector { Vector(repeating: extremes[2 * group]) }

  @inline(always)
  func high(_ group: Int) -> Vector { Vector(repeating: extremes[2 * group + 1]) }

  @inline(always)
  func longEntry(_ group: Int, _ vector: Int) -> UInt8 { byte(4 * group, vector) }

  @inline(always)
  func longExit(_ group: Int, _ vector: Int) -> UInt8 { byte(4 * group + 1, vector) }

  @inline(always)
  func shortEntry(_ group: Int, _ vector: Int) -> UInt8 { byte(4 * group + 2, vector) }

  @inline(always)
  func shortExit(_ group: Int, _ vector: Int) -> UInt8 { byte(4 * group + 3, vector) }

  @inline(always)
  private func byte(_ word: Int, _ vector: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: signals[word] &>> UInt64(truncatingIfNeeded: vector &* laneWidth))
  }
}
