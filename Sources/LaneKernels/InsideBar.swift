import Kernels

extension LaneKernel {
  /// What happens between a bar's open and its close: gaps, liquidation, stops, targets, trailing.
  ///
  /// The open comes first for certain, so a level that it passed fills there. After it only the rule can say whether
  /// the high or the low came first; bars in which both matter are counted. Then, in this order:
  ///
  /// 1. A short whose cash no longer covers `maintenance` times its value at the high is liquidated at the high.
  ///    A stop further away than that level never acts.
  /// 2. A stop that was reached fills at its level as a market order, with slippage.
  /// 3. A target that was traded through, not just touched, fills at its level as a limit, without slippage. It
  ///    comes before the stop where the favourable extreme is taken to come first.
  ///
  /// A trailing stop starts from the entry price. The bar's favourable extreme moves it after these checks, or
  /// between the open and them where the rule says that this extreme came first.
  @inline(never)
  static func inside(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, _ bar: Int,
    _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let held = state.pointee.units .!= Vector.zero
    if !anyLane(held) { return }
    let open = Vector(repeating: block.open[bar])
    let high = Vector(repeating: block.high[bar])
    let low = Vector(repeating: block.low[bar])
    let isLong = state.pointee.units .> Vector.zero
    let isShort = state.pointee.units .< Vector.zero
    var lower = state.pointee.lower
    var upper = state.pointee.upper

    let liquidation = state.pointee.liquidation
    var hasStopShort = upper .< liquidation
    let gapStop = (isLong .& (open .<= lower)) .| (isShort .& hasStopShort .& (open .>= upper))
    let gapTarget = .!gapStop .& ((isLong .& (open .>= upper)) .| (isShort .& (open .<= lower)))
    let gap = gapStop .| gapTarget

    let earlyLong = rules.trailsBeforeCheck && rules.favourableFirstLong
    let earlyShort = rules.trailsBeforeCheck && rules.favourableFirstShort
    trail(state, block, bar, long: earlyLong, short: earlyShort)
    lower = state.pointee.lower
    upper = state.pointee.upper
    hasStopShort = upper .< liquidation
    let liquidated = .!gap .& isShort .& (high .>= liquidation)
    let settled = gap .| liquidated
    let touchStop =
      .!settled .& ((isLong .& (low .<= lower)) .| (isShort .& hasStopShort .& (high .>= upper)))
    let touchTarget =
      .!settled .& ((isLong .& (high .>= upper)) .| (isShort .& (low .<= lower)))
    let both = touchStop .& touchTarget
    state.pointee.ambiguous.replace(
      with: state.pointee.ambiguous + Vector(repeating: 1), where: both)
    var targetFirst = both
    if !rules.favourableFirstLong { targetFirst = targetFirst .& .!isLong }
    if !rules.favourableFirstShort { targetFirst = targetFirst .& .!isShort }
    let stopped = touchStop .& .!targetFirst
    let reached = touchTarget .& .!stopped

    let index = block.firstBar + bar
    let slip = Vector(repeating: 1)
    if anyLane(gapStop) { leave(state, gapStop, open, index, rules, slips: slip, .stop, log) }
    if anyLane(gapTarget) {
      leave(state, gapTarget, open, index, rules, slips: .zero, .target, log)
    }
    if anyLane(liquidated) {
      leave(state, liquidated, high, index, rules, slips: slip, .liquidation, log)
    }
    if anyLane(stopped) {
      let level = lower.replacing(with: upper, where: isShort)
      leave(state, stopped, level, index, rules, slips: slip, .stop, log)
    }
    if anyLane(reached) {
      var level = upper.replacing(with: lower, where: isShort)
      for lane in 0..<laneWidth {
        level[lane] = isShort[lane] ? level[lane].nextUp : level[lane].nextDown
      }
      leave(state, reached, level, index, rules, slips: .zero, .target, log)
    }
    state.pointee.pending.replace(
      with: Vector.zero,
      where: (state.pointee.units .== Vector.zero)
        .& (state.pointee.pending .== Vector(repeating: 2)))
    trail(state, block, bar, long: !earlyLong, short: !earlyShort)
  }

  /// Moves trailing stops by a bar's extremes, on the sides asked for.
  @inline(__always)
  static func trail(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ bar: Int, long: Bool,
    short: Bool
  ) {
    if long {
      let raised = Vector(repeating: block.high[bar]) * state.pointee.trailLong
      state.pointee.lower.replace(with: raised, where: raised .> state.pointee.lower)
    }
    if short {
      let lowered = Vector(repeating: block.low[bar]) * state.pointee.trailShort
      state.pointee.upper.replace(with: lowered, where: lowered .< state.pointee.upper)
    }
  }
}
