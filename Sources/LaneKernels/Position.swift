import Kernels

/// What a bundle holds, buys and sells, bar by bar, as words of bits.
struct Position {
  let held, entered, left: UnsafeMutablePointer<UInt64>
  /// Lanes that buy or sell in a group of bars.
  let fills: UnsafeMutablePointer<UInt64>
  /// Room for a list of bars.
  let bars: UnsafeMutablePointer<UInt64>

  /// Bars of a group: where a vector does nothing in all of them, they take fewer operations.
  static let group = 8

  /// The end of the group that begins at a bar.
  ///
  /// Not `min`, whose specialisation the linker would share with processors that lack this one's instructions.
  @inline(always)
  static func groupEnd(_ start: Int, _ count: Int) -> Int {
    start &+ group < count ? start &+ group : count
  }

  @inline(always)
  init(_ block: LaneBlock) {
    held = block.work
    entered = held + laneBlockBars
    left = entered + laneBlockBars
    bars = left + laneBlockBars
    fills = bars + laneBlockBars
  }

  /// Follows signals and orders through a block.
  ///
  /// A lane without an order that waits decides by its signals, at its fill if that is at the close of the same bar,
  /// else after it; an order waits until a bar can fill.
  @inline(always)
  func trace(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ block: LaneBlock, isSameBar: Bool
  ) {
    var (owned, buying, selling) = orders(states, vectors)
    let entries = block.signals.longEntry
    let exits = block.signals.longExit
    let prices = block.prices
    var sales = LaneCounts()
    for bar in 0..<block.count {
      if isSameBar {
        let free = ~(buying | selling)
        buying |= entries[bar] & free & ~owned
        selling |= exits[bar] & free & owned
      }
      let fillable = prices.fillable[bar] == 0 ? 0 : ~UInt64(0)
      let bought = buying & fillable
      let sold = selling & fillable
      buying &= ~fillable
      selling &= ~fillable
      note(bar, held: owned & ~sold, bought, sold)
      owned = (owned | bought) & ~sold
      sales.add(sold)
      if !isSameBar {
        let free = ~(buying | selling)
        buying |= entries[bar] & free & ~owned
        selling |= exits[bar] & free & owned
      }
      if prices.close[bar].isNaN && owned != 0 { countStale(states, vectors, owned) }
    }
    keep(states, vectors, buying, selling, sales)
  }

  /// The same for a block in which every bar can fill, so that no order waits longer than to the next.
  @inline(always)
  func traceGapless(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ block: LaneBlock, isSameBar: Bool
  ) {
    var (owned, buying, selling) = orders(states, vectors)
    let entries = block.signals.longEntry
    let exits = block.signals.longExit
    var sales = LaneCounts()
    for bar in 0..<block.count {
      if isSameBar {
        buying |= entries[bar] & ~(selling | owned)
        selling |= exits[bar] & ~buying & owned
      }
      let still = owned & ~selling
      note(bar, held: still, buying, selling)
      sales.add(selling)
      owned = still | buying
      buying = isSameBar ? 0 : entries[bar] & ~owned
      selling = isSameBar ? 0 : exits[bar] & owned
    }
    keep(states, vectors, buying, selling, sales)
  }

  @inline(always)
  private func note(_ bar: Int, held now: UInt64, _ bought: UInt64, _ sold: UInt64) {
    held[bar] = now
    entered[bar] = bought
    left[bar] = sold
    let place = bar / Self.group
    fills[place] = (bar % Self.group == 0 ? 0 : fills[place]) | bought | sold
  }

  /// Who owns, and whose orders wait.
  @inline(always)
  private func orders(_ states: UnsafeMutablePointer<LaneState>, _ vectors: Int) -> (
    owned: UInt64, buying: UInt64, selling: UInt64
  ) {
    var owned: UInt64 = 0
    var buying: UInt64 = 0
    var selling: UInt64 = 0
    for vector in 0..<vectors {
      let shift = UInt64(truncatingIfNeeded: vector &* laneWidth)
      let pending = states[vector].pending
      owned |= UInt64(bits(states[vector].units .!= Vector.zero)) &<< shift
      buying |= UInt64(bits(pending .== Vector(repeating: 1))) &<< shift
      selling |= UInt64(bits(pending .== Vector(repeating: 2))) &<< shift
    }
    return (owned, buying, selling)
  }

  @inline(always)
  private func keep(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ buying: UInt64,
    _ selling: UInt64, _ sales: LaneCounts
  ) {
    for vector in 0..<vectors {
      let shift = UInt64(truncatingIfNeeded: vector &* laneWidth)
      var pending = Vector.zero
      pending.replace(
        with: Vector(repeating: 1), where: mask(UInt8(truncatingIfNeeded: buying &>> shift)))
      pending.replace(
        with: Vector(repeating: 2), where: mask(UInt8(truncatingIfNeeded: selling &>> shift)))
      states[vector].pending = pending
      states[vector].trades += sales.counts(shift)
    }
  }

  @inline(never)
  private func countStale(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ owned: UInt64
  ) {
    for vector in 0..<vectors {
      let shift = UInt64(truncatingIfNeeded: vector &* laneWidth)
      states[vector].stale.replace(
        with: states[vector].stale + Vector(repeating: 1),
        where: mask(UInt8(truncatingIfNeeded: owned &>> shift)))
    }
  }
}
