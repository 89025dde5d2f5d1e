import Kernels

extension LaneKernel {
  /// What an order for `quantity` units at `price` costs.
  @inline(always)
  private static func commission(_ quantity: Vector, _ price: Vector, _ rules: LaneRules)
    -> Vector
  {
    let proportional =
      quantity * price * rules.commissionRate + quantity * rules.commissionPerUnit
      + rules.commissionFixed
    let least = Vector(repeating: rules.commissionMinimum)
    return proportional.replacing(with: least, where: proportional .< least)
  }

  /// Opens positions at `state.price` with a fraction of equity, costs included, so that an entry never needs more cash
  /// than there is.
  ///
  /// The side is that of the order that waits.
  @inline(never)
  static func enter(
    _ state: UnsafeMutablePointer<LaneState>, _ lanes: UInt8, _ index: Int, _ rules: LaneRules,
    _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let one = Vector(repeating: 1)
    let asked = mask(lanes)
    let side = state.pointee.pending
    let equity = state.pointee.cash
    let price = state.pointee.price * (one + side * rules.slippageRate)
    let budget = equity * state.pointee.fraction
    let cost = price * (1 + rules.commissionRate) + rules.commissionPerUnit
    var quantity = (budget - rules.commissionFixed) * (one / cost)
    let least = Vector(repeating: rules.commissionMinimum)
    let proportional =
      quantity * price * rules.commissionRate + quantity * rules.commissionPerUnit
      + rules.commissionFixed
    if rules.commissionMinimum > 0 {
      quantity.replace(with: (budget - least) / price, where: proportional .< least)
    }
    let paid = commission(quantity, price, rules)
    let accepted =
      asked .& (quantity .> Vector.zero) .& (quantity .< Vector(repeating: .infinity))
    let refused = asked .& .!accepted
    state.pointee.rejected.replace(with: state.pointee.rejected + one, where: refused)

    let units = quantity * side
    var cash = equity - units * price - paid
    // A purchase with all the cash leaves zero up to rounding, and none leaves less.
    let spends = (cash .< Vector.zero) .| (state.pointee.fraction .== one)
    cash.replace(with: Vector.zero, where: spends .& (side .> Vector.zero))
    state.pointee.cash.replace(with: cash, where: accepted)
    state.pointee.units.replace(with: units, where: accepted)
    state.pointee.basis.replace(with: cost, where: accepted)
    if rules.keepsTradeSums {
      state.pointee.entryEquity.replace(with: equity, where: accepted)
      state.pointee.entryBar.replace(with: Vector(repeating: Double(index)), where: accepted)
      state.pointee.fees.replace(with: state.pointee.fees + paid, where: accepted)
      state.pointee.notional.replace(
        with: state.pointee.notional + quantity * price, where: accepted)
      state.pointee.slippage.replace(
        with: state.pointee.slippage + units * (price - state.pointee.price), where: accepted)
    }
    if rules.watchesLevels { setLevels(state, accepted, price, side, rules) }

    guard let log else { return }
    if lanes & 1 != 0 {
      let taken = accepted[0]
      log.pointee.append(
        FillRecord(
          bar: index, cause: taken ? .entry : .rejection, price: state.pointee.price[0],
          fillPrice: price[0], units: taken ? units[0] : 0, commission: taken ? paid[0] : 0,
          cashAfter: state.pointee.cash[0]))
    }
  }

  /// Places stop, target, trail and liquidation around the entry price.
  ///
  /// Targets move by one ulp, because a limit fills only when the price trades through it.
  @inline(always)
  private static func setLevels(
    _ state: UnsafeMutablePointer<LaneState>, _ accepted: Mask, _ price: Vector, _ side: Vector,
    _ rules: LaneRules
  ) {
    let one = Vector(repeating: 1)
    let longs = accepted .& (side .> Vector.zero)
    let fixedStop = price * (one - state.pointee.stopLoss)
    let trailStop = price * (one - state.pointee.trailingStop)
    state.pointee.lower.replace(
      with: fixedStop.replacing(with: trailStop, where: trailStop .> fixedStop), where: longs)
    let above = price * (one + state.pointee.takeProfit)
    state.pointee.upper.replace(with: nextUp(above), where: longs)
    state.pointee.trailLong.replace(with: one - state.pointee.trailingStop, where: longs)
    if rules.isInvested { return }

    let shorts = accepted .& (side .< Vector.zero)
    let stop = price * (one + state.pointee.stopLoss)
    let trail = price * (one + state.pointee.trailingStop)
    let liquidation = state.pointee.cash / (state.pointee.units * -rules.maintenance)
    var nearest = stop.replacing(with: trail, where: trail .< stop)
    nearest.replace(with: liquidation, where: liquidation .< nearest)
    state.pointee.upper.replace(with: nearest, where: shorts)
    let below = price * (one - state.pointee.takeProfit)
    state.pointee.lower.replace(with: -nextUp(-below), where: shorts)
    state.pointee.trailShort.replace(with: one + state.pointee.trailingStop, where: shorts)
    state.pointee.liquidation.replace(with: liquidation, where: shorts)
  }

  /// Closes positions at `state.price`.
  ///
  /// A limit does not slip.
  @inline(never)
  static func leave(
    _ state: UnsafeMutablePointer<LaneState>, _ lanes: UInt8, _ index: Int, _ rules: LaneRules,
    isLimit: Bool, _ cause: FillRecord.Cause, _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let one = Vector(repeating: 1)
    let closed = mask(lanes)
    let units = state.pointee.units
    let side = one.replacing(with: Vector(repeating: -1), where: units .< Vector.zero)
    let price = state.pointee.price * (one - side * (isLimit ? 0 : rules.slippageRate))
    let quantity = units * side
    let paid = commission(quantity, price, rules)
    var cash = state.pointee.cash + units * price - paid
    if rules.isInvested {
      let proceeds = price * (1 - rules.commissionRate)
      cash = units * proceeds
      state.pointee.growth.replace(
        with: state.pointee.growth * (proceeds / state.pointee.basis), where: closed)
    }
    state.pointee.trades.replace(with: state.pointee.trades + one, where: closed)
    if case .liquidation = cause {
      state.pointee.liquidations.replace(with: state.pointee.liquidations + one, where: closed)
    }
    if rules.keepsTradeSums {
      let profit = cash - state.pointee.entryEquity
      let won = closed .& (profit .> Vector.zero)
      let lost = closed .& (profit .< Vector.zero)
      state.pointee.wins.replace(with: state.pointee.wins + one, where: won)
      state.pointee.losses.replace(with: state.pointee.losses + one, where: lost)
      state.pointee.grossProfit.replace(with: state.pointee.grossProfit + profit, where: won)
      state.pointee.grossLoss.replace(with: state.pointee.grossLoss - profit, where: lost)
      state.pointee.barsHeld.replace(
        with: state.pointee.barsHeld + Vector(repeating: Double(index)) - state.pointee.entryBar,
        where: closed)
      state.pointee.fees.replace(with: state.pointee.fees + paid, where: closed)
      state.pointee.notional.replace(
        with: state.pointee.notional + quantity * price, where: closed)
      state.pointee.slippage.replace(
        with: state.pointee.slippage + units * (state.pointee.price - price), where: closed)
    }
    state.pointee.cash.replace(with: cash, where: closed)
    state.pointee.units.replace(with: Vector.zero, where: closed)
    if rules.watchesLevels { resetLevels(state, closed) }

    guard let log else { return }
    if lanes & 1 != 0 {
      log.pointee.append(
        FillRecord(
          bar: index, cause: cause, price: state.pointee.price[0], fillPrice: price[0],
          units: -units[0], commission: paid[0], cashAfter: cash[0]))
    }
  }
}

/// The next larger number of each lane; infinities stay.
@inline(always)
func nextUp(_ x: Vector) -> Vector {
  // Zero of either sign becomes the smallest number above it.
  let pattern = unsafeBitCast(x + Vector.zero, to: SIMD8<Int64>.self)
  let one = SIMD8<Int64>(repeating: 1)
  let step = one.replacing(with: SIMD8<Int64>.zero &- one, where: pattern .< SIMD8<Int64>.zero)
  let next = unsafeBitCast(pattern &+ step, to: Vector.self)
  return x.replacing(
    with: next,
    where: (x .< Vector(repeating: .infinity)) .& (x .> Vector(repeating: -.infinity)))
}
