import Kernels

typealias Mask = SIMDMask<SIMD8<Int64>>

extension LaneKernel {
  /// One bar by the whole rule book: open fills, the bar's inside, close fills, marking, decisions.
  ///
  /// - Returns: whether an order of any lane now waits.
  @inline(never)
  static func busyBar(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, _ bar: Int,
    _ log: UnsafeMutablePointer<FillLog>?
  ) -> Bool {
    let fillable = block.fillable[bar] != 0
    let index = block.firstBar + bar
    if fillable {
      if rules.fill == .nextOpen {
        fillPending(state, at: block.open[bar], index, rules, log)
      }
      if rules.watchesLevels { inside(state, block, rules, bar, log) }
      if rules.fill == .nextClose {
        fillPending(state, at: block.close[bar], index, rules, log)
      }
    }
    if rules.fill == .sameClose {
      decide(state, block, bar)
      if fillable { fillPending(state, at: block.close[bar], index, rules, log) }
    }
    mark(state, block, rules, bar, isStale: block.close[bar].isNaN)
    if rules.fill != .sameClose { decide(state, block, bar) }
    return anyNonZero(state.pointee.pending)
  }

  /// Turns the signals of a bar into orders, for lanes without one.
  ///
  /// A flat lane enters on exactly one of the two entries; a lane in a position knows only its exit.
  @inline(__always)
  static func decide(_ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ bar: Int) {
    let units = state.pointee.units
    let long = block.signals.longEntry[bar]
    let short = block.signals.shortEntry[bar]
    var order = Vector.zero
    order.replace(with: block.signals.longExit[bar] * 2, where: units .> Vector.zero)
    order.replace(with: block.signals.shortExit[bar] * 2, where: units .< Vector.zero)
    order.replace(with: long - short, where: units .== Vector.zero)
    let both = (long * short .!= Vector.zero) .& (units .== Vector.zero)
    let alive = state.pointee.ruined .== Vector.zero
    let free = (state.pointee.pending .== Vector.zero) .& alive
    state.pointee.pending.replace(with: order, where: free)
    state.pointee.conflicts.replace(
      with: state.pointee.conflicts + Vector(repeating: 1), where: both .& free)
  }

  /// Fills what waits at one price: exits, then entries.
  @inline(__always)
  static func fillPending(
    _ state: UnsafeMutablePointer<LaneState>, at price: Double, _ index: Int, _ rules: LaneRules,
    _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let pending = state.pointee.pending
    if !anyNonZero(pending) { return }
    let held = state.pointee.units .!= Vector.zero
    let exits = (pending .== Vector(repeating: 2)) .& held
    let entries = (pending .!= Vector.zero) .& (pending .!= Vector(repeating: 2)) .& .!held
    let prices = Vector(repeating: price)
    if anyLane(exits) {
      leave(state, exits, prices, index, rules, slips: Vector(repeating: 1), .exit, log)
    }
    if anyLane(entries) { enter(state, entries, prices, pending, index, rules, log) }
    state.pointee.pending = .zero
  }

  /// Marks the position and folds the bar's return into the sums.
  @inline(__always)
  static func mark(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, _ bar: Int,
    isStale: Bool
  ) {
    let one = Vector(repeating: 1)
    let held = state.pointee.units .!= Vector.zero
    if isStale {
      state.pointee.stale.replace(with: state.pointee.stale + one, where: held)
    }
    let now = state.pointee.cash + state.pointee.units * Vector(repeating: block.mark[bar])
    var path = PathSums(state)
    if rules.keepsExtendedSums {
      path.add(now, bar, block, rules, Extended.self)
      path.store(state, Extended.self)
    } else {
      path.add(now, bar, block, rules, Plain.self)
      path.store(state, Plain.self)
    }
    let broke = (now .<= Vector.zero) .& (state.pointee.ruined .== Vector.zero)
    if anyLane(broke) { ruin(state, broke, block.firstBar + bar) }
  }

  /// Ends lanes that lost everything: they keep their equity, and a shadow of 1 stands in for the division.
  @inline(never)
  static func ruin(_ state: UnsafeMutablePointer<LaneState>, _ broke: Mask, _ index: Int) {
    let one = Vector(repeating: 1)
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

  @inline(__always)
  static func resetLevels(_ state: UnsafeMutablePointer<LaneState>, _ mask: Mask) {
    state.pointee.lower.replace(with: Vector(repeating: -.infinity), where: mask)
    state.pointee.upper.replace(with: Vector(repeating: .infinity), where: mask)
    state.pointee.trailLong.replace(with: Vector(repeating: -.infinity), where: mask)
    state.pointee.trailShort.replace(with: Vector(repeating: .infinity), where: mask)
    state.pointee.liquidation.replace(with: Vector(repeating: .infinity), where: mask)
  }
}
