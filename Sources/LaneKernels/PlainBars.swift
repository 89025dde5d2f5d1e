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
    if rules.fill == .sameClose {
      position.trace(states, vectors, block, isSameBar: true)
    } else {
      position.trace(states, vectors, block, isSameBar: false)
    }
    if rules.keepsTradeSums {
      for vector in 0..<vectors { tradeSums(states + vector, vector, block, rules, position) }
    }
    for vector in 0..<vectors {
      if rules.keepsExtendedSums {
        path(states + vector, vector, block, rules, position, On.self)
      } else {
        path(states + vector, vector, block, rules, position, Off.self)
      }
    }
  }

  @inline(never)
  private static func path<Extended: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ vector: Int, _ block: LaneBlock,
    _ rules: LaneRules, _ position: Position, _ extended: Extended.Type
  ) {
    let lanes = VectorBlock(block, vector: vector)
    let prices = block.prices
    var way = PlainPath(state, position, vector)
    for bar in 0..<block.count {
      let growth = way.step(bar, prices)
      if Extended.isOn {
        way.sums.extend(growth, way.equity(bar, prices), bar, lanes, rules)
      }
    }
    way.store(state, block, extended)
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
    let one = Vector(repeating: 1)
    var cash = state.pointee.cash
    var units = state.pointee.units
    for fill in 0..<fills {
      let bar = Int(truncatingIfNeeded: position.bars[fill])
      let price = fillPrices[bar]
      let buyPrice = price * (1 + rules.slippageRate)
      let sellPrice = price * (1 - rules.slippageRate)
      let isBuy = mask(entered[bar])
      let isSale = mask(left[bar])
      let bought = cash * prices.unitsPerCash[bar]
      let proceeds = units * prices.cashPerUnit[bar]
      let index = Vector(repeating: Double(block.firstBar + bar))
      let profit = proceeds - state.pointee.entryEquity
      let won = isSale .& (profit .> Vector.zero)
      let lost = isSale .& (profit .< Vector.zero)
      state.pointee.wins.replace(with: state.pointee.wins + one, where: won)
      state.pointee.losses.replace(with: state.pointee.losses + one, where: lost)
      state.pointee.grossProfit.replace(with: state.pointee.grossProfit + profit, where: won)
      state.pointee.grossLoss.replace(with: state.pointee.grossLoss - profit, where: lost)
      state.pointee.barsHeld.replace(
        with: state.pointee.barsHeld + index - state.pointee.entryBar, where: isSale)
      state.pointee.entryEquity.replace(with: cash, where: isBuy)
      state.pointee.entryBar.replace(with: index, where: isBuy)
      let filled = isBuy .| isSale
      let traded = (units * sellPrice).replacing(with: bought * buyPrice, where: isBuy)
      let slipped = (units * (price - sellPrice)).replacing(
        with: bought * (buyPrice - price), where: isBuy)
      state.pointee.notional.replace(with: state.pointee.notional + traded, where: filled)
      state.pointee.fees.replace(
        with: state.pointee.fees + traded * rules.commissionRate, where: filled)
      state.pointee.slippage.replace(with: state.pointee.slippage + slipped, where: filled)
      cash.replace(with: Vector.zero, where: isBuy)
      cash.replace(with: proceeds, where: isSale)
      units.replace(with: bought, where: isBuy)
      units.replace(with: Vector.zero, where: isSale)
    }
  }
}

/// What a bundle holds, buys and sells, bar by bar, as words of bits.
struct Position {
  let held, entered, left, bars: UnsafeMutablePointer<UInt64>

  @inline(always)
  init(_ block: LaneBlock) {
    held = block.work
    entered = held + laneBlockBars
    left = entered + laneBlockBars
    bars = left + laneBlockBars
  }

  /// Follows signals and orders through a block.
  ///
  /// A lane without an order that waits decides by its signals, at its fill if that is at the close of the same bar,
  /// else after it; an order waits until a bar can fill.
  @inline(always)
  func trace(
    _ states: UnsafeMutablePointer<LaneState>, _ vectors: Int, _ block: LaneBlock, isSameBar: Bool
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
    let entries = block.signals.longEntry
    let exits = block.signals.longExit
    let prices = block.prices
    for bar in 0..<block.count {
      if isSameBar {
        let free = ~(buying | selling)
        buying |= entries[bar] & free & ~owned
        selling |= exits[bar] & free & owned
      }
      let fills = prices.fillable[bar] == 0 ? 0 : ~UInt64(0)
      let bought = buying & fills
      let sold = selling & fills
      buying &= ~fills
      selling &= ~fills
      held[bar] = owned & ~sold
      entered[bar] = bought
      left[bar] = sold
      owned = (owned | bought) & ~sold
      if !isSameBar {
        let free = ~(buying | selling)
        buying |= entries[bar] & free & ~owned
        selling |= exits[bar] & free & owned
      }
      if prices.close[bar].isNaN && owned != 0 { countStale(states, vectors, owned) }
    }
    for vector in 0..<vectors {
      let shift = UInt64(truncatingIfNeeded: vector &* laneWidth)
      var pending = Vector.zero
      pending.replace(
        with: Vector(repeating: 1), where: mask(UInt8(truncatingIfNeeded: buying &>> shift)))
      pending.replace(
        with: Vector(repeating: 2), where: mask(UInt8(truncatingIfNeeded: selling &>> shift)))
      states[vector].pending = pending
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

/// One vector on its way through a block.
struct PlainPath {
  var sums: PathSums
  /// Units while held, else cash.
  private var wealth: Vector
  private var trades: Vector
  private let held, entered, left: LaneBytes

  @inline(always)
  init(_ state: UnsafeMutablePointer<LaneState>, _ position: Position, _ vector: Int) {
    sums = PathSums(state)
    wealth = state.pointee.units.replacing(
      with: state.pointee.cash, where: state.pointee.units .== Vector.zero)
    trades = state.pointee.trades
    held = LaneBytes(position.held, vector: vector)
    entered = LaneBytes(position.entered, vector: vector)
    left = LaneBytes(position.left, vector: vector)
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
    trades.replace(with: trades + Vector(repeating: 1), where: isSale)
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
    state.pointee.trades = trades
  }
}
