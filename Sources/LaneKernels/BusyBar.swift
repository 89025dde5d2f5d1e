import Kernels

extension LaneKernel {
  /// One bar by the whole rule book: open fills, the bar's inside, close fills, marking, decisions.
  ///
  /// - Returns: whether an order of any lane now waits.
  @inline(never)
  static func busyBar(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules,
    _ bar: Int, _ log: UnsafeMutablePointer<FillLog>?
  ) -> Bool {
    let prices = block.prices
    let fillable = prices.fillable[bar] != 0
    let index = block.firstBar + bar
    if rules.isInvested {
      state.pointee.growth = Vector(repeating: 1)
      state.pointee.basis = Vector(repeating: prices.mark[bar - 1])
    }
    if fillable {
      if rules.fill == .nextOpen { fillPending(state, at: prices.open[bar], index, rules, log) }
      if rules.watchesLevels { inside(state, prices, rules, bar, index, log) }
      if rules.fill == .nextClose { fillPending(state, at: prices.close[bar], index, rules, log) }
    }
    if rules.fill == .sameClose {
      decide(state, block, bar)
      if fillable { fillPending(state, at: prices.close[bar], index, rules, log) }
    }
    mark(state, block, rules, bar)
    if rules.fill != .sameClose { decide(state, block, bar) }
    return bits(state.pointee.pending .!= Vector.zero) != 0
  }

  /// Turns the signals of a bar into orders, for lanes without one.
  ///
  /// A flat lane enters on exactly one of the two entries; a lane in a position knows only its exit.
  @inline(always)
  private static func decide(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ bar: Int
  ) {
    let units = state.pointee.units
    let long = bits(units .> Vector.zero)
    let short = bits(units .< Vector.zero)
    let free = bits(
      (state.pointee.pending .== Vector.zero) .& (state.pointee.ruined .== Vector.zero))
    let exits = ((block.longExit[bar] & long) | (block.shortExit[bar] & short)) & free
    let flat = free & ~(long | short)
    let buys = block.longEntry[bar] & flat
    let sells = block.shortEntry[bar] & flat
    if exits | buys | sells == 0 { return }
    state.pointee.pending.replace(with: Vector(repeating: 2), where: mask(exits))
    state.pointee.pending.replace(with: Vector(repeating: 1), where: mask(buys & ~sells))
    state.pointee.pending.replace(with: Vector(repeating: -1), where: mask(sells & ~buys))
    if buys & sells != 0 {
      state.pointee.conflicts.replace(
        with: state.pointee.conflicts + Vector(repeating: 1), where: mask(buys & sells))
    }
  }

  /// Fills what waits at one price: exits, then entries.
  @inline(always)
  private static func fillPending(
    _ state: UnsafeMutablePointer<LaneState>, at price: Double, _ index: Int, _ rules: LaneRules,
    _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let pending = state.pointee.pending
    let waiting = bits(pending .!= Vector.zero)
    if waiting == 0 { return }
    let held = bits(state.pointee.units .!= Vector.zero)
    let exits = bits(pending .== Vector(repeating: 2))
    state.pointee.price = Vector(repeating: price)
    if exits & held != 0 { leave(state, exits & held, index, rules, isLimit: false, .exit, log) }
    let entries = waiting & ~exits & ~held
    if entries != 0 { enter(state, entries, index, rules, log) }
    state.pointee.pending = .zero
  }

  /// Marks the position and folds the bar's return into the sums.
  @inline(always)
  private static func mark(
    _ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock, _ rules: LaneRules, _ bar: Int
  ) {
    let one = Vector(repeating: 1)
    let isHeld = state.pointee.units .!= Vector.zero
    if block.prices.close[bar].isNaN {
      state.pointee.stale.replace(with: state.pointee.stale + one, where: isHeld)
    }
    let price = Vector(repeating: block.prices.mark[bar])
    let now = state.pointee.cash + state.pointee.units * price
    var growth = one
    if rules.isInvested {
      growth = state.pointee.growth
      growth.replace(with: growth * (price / state.pointee.basis), where: isHeld)
    } else {
      growth = now / state.pointee.equity
    }
    state.pointee.equity = now
    var path = PathSums(state)
    path.add(growth)
    if rules.keepsExtendedSums {
      path.extend(growth, now, bar, block, rules)
      path.store(state, On.self)
    } else {
      path.store(state, Off.self)
    }
    // An invested account is worth more than nothing while its price is, or too little to be told from nothing.
    if rules.isInvested && block.prices.mark[bar] > 0 { return }
    let broke = bits((now .<= Vector.zero) .& (state.pointee.ruined .== Vector.zero))
    if broke != 0 { ruin(state, broke, block.firstBar + bar) }
  }

  /// Ends lanes that lost everything: they keep their equity, and a shadow of 1 stands in for the division.
  @inline(never)
  private static func ruin(
    _ state: UnsafeMutablePointer<LaneState>, _ lanes: UInt8, _ index: Int
  ) {
    let one = Vector(repeating: 1)
    let broke = mask(lanes)
    let open = broke .& (state.pointee.units .!= Vector.zero)
    state.pointee.barsHeld.replace(
      with: state.pointee.barsHeld + Vector(repeating: Double(index)) - state.pointee.entryBar,
      where: open)
    let lost = state.pointee.entryEquity - state.pointee.equity
    state.pointee.trades.replace(with: state.pointee.trades + one, where: open)
    state.pointee.losses.replace(with: state.pointee.losses + one, where: open)
    state.pointee.grossLoss.replace(with: state.pointee.grossLoss + lost, where: open)
    state.pointee.ruinEquity.replace(with: state.pointee.equity, where: broke)
    state.pointee.ruined.replace(with: one, where: broke)
    state.pointee.entryBar.replace(with: Vector(repeating: Double(index)), where: broke)
    state.pointee.cash.replace(with: one, where: broke)
    state.pointee.equity.replace(with: one, where: broke)
    state.pointee.units.replace(with: Vector.zero, where: broke)
    state.pointee.pending.replace(with: Vector.zero, where: broke)
    resetLevels(state, broke)
  }

  @inline(always)
  static func resetLevels(_ state: UnsafeMutablePointer<LaneState>, _ mask: Mask) {
    state.pointee.lower.replace(with: Vector(repeating: -.infinity), where: mask)
    state.pointee.upper.replace(with: Vector(repeating: .infinity), where: mask)
    state.pointee.trailLong.replace(with: Vector(repeating: -.infinity), where: mask)
    state.pointee.trailShort.replace(with: Vector(repeating: .infinity), where: mask)
    state.pointee.liquidation.replace(with: Vector(repeating: .infinity), where: mask)
  }
}
