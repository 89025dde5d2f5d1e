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
    #if FOUR_IN_FLIGHT
      while vector + 4 <= vectors && !rules.keepsExtendedSums {
        fourPaths(states + vector, vector, block, position)
        vector += 4
      }
    #endif
    while vector < vectors {
      if rules.keepsExtendedSums {
        extendedPath(states + vector, vector, block, rules, position)
      } else {
        path(states + vector, vector, block, position)
      }
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
      way.go(from: bar, to: Position.groupEnd(bar, block.count), prices)
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
        let end = Position.groupEnd(bar, block.count)
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
    var sums = TradeSums(state)
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
      sums.leave(
        isSale, index, units: units, cash: proceeds, asked: Vector(repeating: asked),
        price: Vector(repeating: asked * (1 - rules.slippageRate)), rules)
      sums.enter(isBuy, index, cash: cash, units: bought, asked: asked, rules)
      cash.replace(with: Vector.zero, where: isBuy)
      cash.replace(with: proceeds, where: isSale)
      units.replace(with: bought, where: isBuy)
      units.replace(with: Vector.zero, where: isSale)
    }
    sums.store(state)
  }
}
