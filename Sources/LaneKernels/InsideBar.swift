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
  @inline(always)
  static func inside(
    _ state: UnsafeMutablePointer<LaneState>, _ prices: PricePointers, _ rules: LaneRules,
    _ bar: Int, _ index: Int, _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let low = Vector(repeating: prices.low[bar])
    let high = Vector(repeating: prices.high[bar])
    let earlyLong = rules.trails && rules.trailsBeforeCheck && rules.favourableFirstLong
    let earlyShort = rules.trails && rules.trailsBeforeCheck && rules.favourableFirstShort
    // Levels of flat lanes are out of reach, so this also tells whether there is a position.
    let isReached = bits((low .<= state.pointee.lower) .| (high .>= state.pointee.upper))
    if isReached != 0 || earlyLong || earlyShort {
      reach(state, prices, rules, bar, index, earlyLong, earlyShort, log)
    }
    if rules.trails {
      trail(state, low: low, high: high, long: !earlyLong, short: !earlyShort)
    }
  }

  /// Fills at levels that a bar reached.
  @inline(never)
  private static func reach(
    _ state: UnsafeMutablePointer<LaneState>, _ prices: PricePointers, _ rules: LaneRules,
    _ bar: Int, _ index: Int, _ earlyLong: Bool, _ earlyShort: Bool,
    _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let open = Vector(repeating: prices.open[bar])
    let high = Vector(repeating: prices.high[bar])
    let low = Vector(repeating: prices.low[bar])
    let long = bits(state.pointee.units .> Vector.zero)
    let short = bits(state.pointee.units .< Vector.zero)
    var hasStopShort = short & bits(state.pointee.upper .< state.pointee.liquidation)
    let isUnder = bits(open .<= state.pointee.lower)
    let isOver = bits(open .>= state.pointee.upper)
    let gapStop = (long & isUnder) | (hasStopShort & isOver)
    let gapTarget = ~gapStop & ((long & isOver) | (short & isUnder))

    trail(state, low: low, high: high, long: earlyLong, short: earlyShort)
    let lower = state.pointee.lower
    let upper = state.pointee.upper
    hasStopShort = short & bits(upper .< state.pointee.liquidation)
    let liquidated =
      ~(gapStop | gapTarget) & short & bits(high .>= state.pointee.liquidation)
    let unsettled = ~(gapStop | gapTarget | liquidated)
    let touchesLower = unsettled & bits(low .<= lower)
    let touchesUpper = unsettled & bits(high .>= upper)
    let touchStop = (long & touchesLower) | (hasStopShort & touchesUpper)
    let touchTarget = (long & touchesUpper) | (short & touchesLower)
    let both = touchStop & touchTarget
    if both != 0 {
      state.pointee.ambiguous.replace(
        with: state.pointee.ambiguous + Vector(repeating: 1), where: mask(both))
    }
    var targetFirst = both
    if !rules.favourableFirstLong { targetFirst &= ~long }
    if !rules.favourableFirstShort { targetFirst &= ~short }
    let stopped = touchStop & ~targetFirst
    let reached = touchTarget & ~stopped

    if gapStop != 0 {
      state.pointee.price = open
      leave(state, gapStop, index, rules, isLimit: false, .stop, log)
    }
    if gapTarget != 0 {
      state.pointee.price = open
      leave(state, gapTarget, index, rules, isLimit: true, .target, log)
    }
    if liquidated != 0 {
      state.pointee.price = high
      leave(state, liquidated, index, rules, isLimit: false, .liquidation, log)
    }
    if stopped != 0 {
      state.pointee.price = lower.replacing(with: upper, where: mask(short))
      leave(state, stopped, index, rules, isLimit: false, .stop, log)
    }
    if reached != 0 {
      // Back by the ulp that tells a touch from a trade through the level.
      let below = -nextUp(-upper)
      state.pointee.price = below.replacing(with: nextUp(lower), where: mask(short))
      leave(state, reached, index, rules, isLimit: true, .target, log)
    }
    state.pointee.pending.replace(
      with: Vector.zero,
      where: (state.pointee.units .== Vector.zero)
        .& (state.pointee.pending .== Vector(repeating: 2)))
  }

  /// Moves trailing stops by a bar's extremes, on the sides asked for.
  @inline(always)
  private static func trail(
    _ state: UnsafeMutablePointer<LaneState>, low: Vector, high: Vector, long: Bool, short: Bool
  ) {
    if long {
      let raised = high * state.pointee.trailLong
      state.pointee.lower.replace(with: raised, where: raised .> state.pointee.lower)
    }
    if short {
      let lowered = low * state.pointee.trailShort
      state.pointee.upper.replace(with: lowered, where: lowered .< state.pointee.upper)
    }
  }
}
