import Kernels

// Invested accounts without levels: what is held depends on signals alone, so it is worked out first, for all lanes of a
// bundle at once, as bits. Then each vector's path follows from the bits, and, if asked for, the sums over its trades.
extension LaneKernel {
  @inline(never)
  static func plain(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ block: LaneBlock,
    _ rules: LaneRules
  ) {
    let position = Position(block)
    switch (block.isGapless, rules.fill == .sameClose) {
    case (true, true): position.traceGapless(states, vectors, block, isSameBar: true)
    case (true, false): position.traceGapless(states, vectors, block, isSameBar: false)
    case (false, true): position.trace(states, vectors, block, isSameBar: true)
    case (false, false): position.trace(states, vectors, block, isSameBar: false)
    }
    if rules.keepsTradeSums {
      for vector in 0..<vectors { tradeSums(states + vector, vector, block, rules, position) }
    }
    var vector = 0
    if rules.keepsExtendedSums {
      while vector < vectors {
        extendedPath(states + vector, vector, block, rules, position)
        vector += 1
      }
      return
    }
    #if FOUR_IN_FLIGHT
      while vector + 4 <= vectors {
        fourPaths(states + vector, vector, block, position)
        vector += 4
      }
    #endif
    while vector < vectors {
      path(states + vector, vector, block, position)
      vector += 1
    }
  }

  @inline(never)
  private static func path(
    _ state: UnsafeMutablePointer<LaneState>, _ vector: Int, _ block: LaneBlock,
    _ position: Position
  ) {
    let prices = block.prices
    var way = PlainPath(state, position, vector)
    var bar = 0
    while bar < block.count {
      way.go(from: bar, to: min(bar + Position.group, block.count), prices)
      bar += Position.group
    }
    way.store(state, block, Off.self)
  }

  #if FOUR_IN_FLIGHT
    /// Four vectors in turn, group by group, so that the operations of one fill the waits of another; it takes 32
    /// registers.
    @inline(never)
    private static func fourPaths(
      _ state: UnsafeMutablePointer<LaneState>, _ vector: Int, _ block: LaneBlock,
      _ position: Position
    ) {
      let prices = block.prices
      var a = PlainPath(state, position, vector)
      var b = PlainPath(state + 1, position, vector + 1)
      var c = PlainPath(state + 2, position, vector + 2)
      var d = PlainPath(state + 3, position, vector + 3)
      var bar = 0
      while bar < block.count {
        let end = min(bar + Position.group, block.count)
        a.go(from: bar, to: end, prices)
        b.go(from: bar, to: end, prices)
        c.go(from: bar, to: end, prices)
        d.go(from: bar, to: end, prices)
        bar += Position.group
      }
      a.store(state, block, Off.self)
      b.store(state + 1, block, Off.self)
      c.store(state + 2, block, Off.self)
      d.store(state + 3, block, Off.self)
    }
  #endif

  @inline(never)
  private static func extendedPath(
    _ state: UnsafeMutablePointer<LaneState>, _ vector: Int, _ block: LaneBlock,
    _ rules: LaneRules, _ position: Position
  ) {
    let lanes = VectorBlock(block, vector: vector)
    let prices = block.prices
    var way = PlainPath(state, position, vector)
    for bar in 0..<block.count {
      let growth = way.step(bar, prices)
      way.sums.extend(growth, way.equity(bar, prices), bar, lanes, rules)
    }
    way.store(state, block, On.self)
  }

  /// The sums over trades of one vector, from the bars in which it fills.
  @inline(never)
  private static func tradeSums(
    _ state: UnsafeMutablePointer<LaneState>, _ vector: Int, _ block: LaneBlock,
    _ rules: LaneRules, _ position: Position
  ) {
    let entered = LaneBytes(position.entered, vector: vector)
    let left = LaneBytes(position.left, vector: vector)
    let prices = block.prices
    let fillPrices = rules.fill == .nextOpen ? prices.open : prices.close
    var fills = 0
    for bar in 0..<block.count {
      // Written always and kept if it counts, which no processor can guess wrong.
      position.bars[fills] = UInt64(truncatingIfNeeded: bar)
      fills &+= entered[bar] | left[bar] == 0 ? 0 : 1
    }
    var cash = state.pointee.cash
    var units = state.pointee.units
    for fill in 0..<fills {
      let bar = Int(truncatingIfNeeded: position.bars[fill])
      let isBuy = mask(entered[bar])
      let isSale = mask(left[bar])
      let bought = cash * prices.unitsPerCash[bar]
      let proceeds = units * prices.cashPerUnit[bar]
      let asked = fillPrices[bar]
      let index = block.firstBar + bar
      bookExits(
        state, isSale, index, units: units, cash: proceeds, asked: Vector(repeating: asked),
        price: Vector(repeating: asked * (1 - rules.slippageRate)), rules)
      bookEntries(state, isBuy, index, cash: cash, units: bought, asked: asked, rules)
      cash.replace(with: Vector.zero, where: isBuy)
      cash.replace(with: proceeds, where: isSale)
      units.replace(with: bought, where: isBuy)
      units.replace(with: Vector.zero, where: isSale)
    }
  }
}

/// What a bundle holds, buys and sells, bar by bar, as words of bits.
struct Position {
  let held, entered, left: UnsafeMutablePointer<UInt64>
  /// Lanes that buy or sell in a group of bars.
  let fills: UnsafeMutablePointer<UInt64>
  /// Room for a list of bars.
  let bars: UnsafeMutablePointer<UInt64>

  /// Bars of a group: where a vector does nothing in all of them, they take fewer operations.
  static let group = 8

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

/// How often each lane of a bundle did something in a block, as eight planes of bits: 64 counters in eight words.
private struct LaneCounts {
  private var p0, p1, p2, p3, p4, p5, p6, p7: UInt64

  @inline(always)
  init() { (p0, p1, p2, p3, p4, p5, p6, p7) = (0, 0, 0, 0, 0, 0, 0, 0) }

  /// Adds one to the lanes of a word; at most 255 times for a lane, which can't sell at every bar.
  @inline(always)
  mutating func add(_ lanes: UInt64) {
    var carry = lanes
    (p0, carry) = (p0 ^ carry, p0 & carry)
    (p1, carry) = (p1 ^ carry, p1 & carry)
    (p2, carry) = (p2 ^ carry, p2 & carry)
    // Only every eighth sale of a lane goes on.
    if carry == 0 { return }
    (p3, carry) = (p3 ^ carry, p3 & carry)
    (p4, carry) = (p4 ^ carry, p4 & carry)
    (p5, carry) = (p5 ^ carry, p5 & carry)
    (p6, carry) = (p6 ^ carry, p6 & carry)
    p7 ^= carry
  }

  /// The counts of the eight lanes from a bit on.
  @inline(always)
  func counts(_ shift: UInt64) -> Vector {
    var total = Vector.zero
    add(p0, 1, shift, &total)
    add(p1, 2, shift, &total)
    add(p2, 4, shift, &total)
    add(p3, 8, shift, &total)
    add(p4, 16, shift, &total)
    add(p5, 32, shift, &total)
    add(p6, 64, shift, &total)
    add(p7, 128, shift, &total)
    return total
  }

  @inline(always)
  private func add(_ plane: UInt64, _ value: Double, _ shift: UInt64, _ total: inout Vector) {
    total.replace(
      with: total + Vector(repeating: value),
      where: mask(UInt8(truncatingIfNeeded: plane &>> shift)))
  }
}

/// One vector on its way through a block.
struct PlainPath {
  var sums: PathSums
  /// Units while held, else cash.
  private var wealth: Vector
  private let held, entered, left, fills: LaneBytes

  @inline(always)
  init(_ state: UnsafeMutablePointer<LaneState>, _ position: Position, _ vector: Int) {
    sums = PathSums(state)
    wealth = state.pointee.units.replacing(
      with: state.pointee.cash, where: state.pointee.units .== Vector.zero)
    held = LaneBytes(position.held, vector: vector)
    entered = LaneBytes(position.entered, vector: vector)
    left = LaneBytes(position.left, vector: vector)
    fills = LaneBytes(position.fills, vector: vector)
  }

  /// Goes through the bars of a group.
  @inline(always)
  mutating func go(from start: Int, to end: Int, _ prices: PricePointers) {
    if fills[start / Position.group] != 0 {
      for bar in start..<end { _ = step(bar, prices) }
      return
    }
    let lanes = held[start]
    if lanes == 0 { return }
    let isHeld = mask(lanes)
    for bar in start..<end {
      sums.add(
        prices.held[bar], gain: prices.heldGain[bar], square: prices.heldSquare[bar],
        where: isHeld)
    }
  }

  /// Goes one bar on; returns its growth.
  @inline(always)
  mutating func step(_ bar: Int, _ prices: PricePointers) -> Vector {
    let isBuy = mask(entered[bar])
    let isSale = mask(left[bar])
    var growth = Vector(repeating: 1)
    growth.replace(with: Vector(repeating: prices.held[bar]), where: mask(held[bar]))
    growth.replace(with: Vector(repeating: prices.entered[bar]), where: isBuy)
    growth.replace(with: Vector(repeating: prices.left[bar]), where: isSale)
    wealth.replace(with: wealth * Vector(repeating: prices.unitsPerCash[bar]), where: isBuy)
    wealth.replace(with: wealth * Vector(repeating: prices.cashPerUnit[bar]), where: isSale)
    sums.add(growth)
    return growth
  }

  /// Equity after a bar.
  @inline(always)
  func equity(_ bar: Int, _ prices: PricePointers) -> Vector {
    let owns = mask(held[bar] | entered[bar])
    return wealth.replacing(with: wealth * Vector(repeating: prices.mark[bar]), where: owns)
  }

  @inline(always)
  func store<Extended: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ extended: Extended.Type
  ) {
    sums.store(state, extended)
    let last = block.count - 1
    let owns = mask(held[last] | entered[last])
    state.pointee.units = Vector.zero.replacing(with: wealth, where: owns)
    state.pointee.cash = wealth.replacing(with: Vector.zero, where: owns)
    state.pointee.equity = equity(last, block.prices)
  }
}
