import Kernels

extension LaneKernel {
  /// What an order for `quantity` units at `price` costs.
  @inline(__always)
  static func commission(_ quantity: Vector, _ price: Vector, _ rules: LaneRules) -> Vector {
    let proportional =
      quantity * price * rules.commissionRate + quantity * rules.commissionPerUnit
      + rules.commissionFixed
    let least = Vector(repeating: rules.commissionMinimum)
    return proportional.replacing(with: least, where: proportional .< least)
  }

  /// Opens positions with a fraction of equity, costs included, so that an entry never needs more cash than there is.
  @inline(never)
  static func enter(
    _ state: UnsafeMutablePointer<LaneState>, _ mask: Mask, _ prices: Vector, _ side: Vector,
    _ index: Int, _ rules: LaneRules, _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let one = Vector(repeating: 1)
    let equity = state.pointee.cash
    let price = prices * (one + side * rules.slippageRate)
    let budget = equity * state.pointee.fraction
    let inverse = one / (price * (1 + rules.commissionRate) + rules.commissionPerUnit)
    var quantity = (budget - rules.commissionFixed) * inverse
    let least = Vector(repeating: rules.commissionMinimum)
    let proportional =
      quantity * price * rules.commissionRate + quantity * rules.commissionPerUnit
      + rules.commissionFixed
    quantity.replace(with: (budget - least) / price, where: proportional .< least)
    let paid = commission(quantity, price, rules)
    let accepted =
      mask .& (quantity .> Vector.zero) .& (quantity .< Vector(repeating: .infinity))
    let refused = mask .& .!accepted
    state.pointee.rejected.replace(with: state.pointee.rejected + one, where: refused)

    let units = quantity * side
    var cash = equity - units * price - paid
    // A purchase with all the cash leaves zero up to rounding, and none leaves less.
    let spends = (cash .< Vector.zero) .| (state.pointee.fraction .== one)
    cash.replace(with: Vector.zero, where: spends .& (side .> Vector.zero))
    state.pointee.entryEquity.replace(with: equity, where: accepted)
    state.pointee.entryBar.replace(with: Vector(repeating: Double(index)), where: accepted)
    state.pointee.cash.replace(with: cash, where: accepted)
    state.pointee.units.replace(with: units, where: accepted)
    state.pointee.fees.replace(with: state.pointee.fees + paid, where: accepted)
    state.pointee.notional.replace(
      with: state.pointee.notional + quantity * price, where: accepted)
    state.pointee.slippage.replace(
      with: state.pointee.slippage + units * (price - prices), where: accepted)
    if rules.watchesLevels { setLevels(state, accepted, price, side, rules) }

    guard let log else { return }
    if mask[0] {
      let taken = accepted[0]
      log.pointee.append(
        FillRecord(
          bar: index, cause: taken ? .entry : .rejection, price: prices[0], fillPrice: price[0],
          units: taken ? units[0] : 0, commission: taken ? paid[0] : 0,
          cashAfter: state.pointee.cash[0]))
    }
  }

  /// Places stop, target, trail and liquidation around the entry price.
  ///
  /// Targets move by one ulp, because a limit fills only when the price trades through it.
  @inline(__always)
  static func setLevels(
    _ state: UnsafeMutablePointer<LaneState>, _ accepted: Mask, _ price: Vector, _ side: Vector,
    _ rules: LaneRules
  ) {
    let one = Vector(repeating: 1)
    let longs = accepted .& (side .> Vector.zero)
    let shorts = accepted .& (side .< Vector.zero)
    let fixedStop = price * (one - state.pointee.stopLoss)
    let trailStop = price * (one - state.pointee.trailingStop)
    state.pointee.lower.replace(
      with: fixedStop.replacing(with: trailStop, where: trailStop .> fixedStop), where: longs)
    var above = price * (one + state.pointee.takeProfit)
    for lane in 0..<laneWidth { above[lane] = above[lane].nextUp }
    state.pointee.upper.replace(with: above, where: longs)
    state.pointee.trailLong.replace(with: one - state.pointee.trailingStop, where: longs)
    if !anyLane(shorts) { return }

    let stop = price * (one + state.pointee.stopLoss)
    let trail = price * (one + state.pointee.trailingStop)
    let liquidation = state.pointee.cash / (state.pointee.units * -rules.maintenance)
    var nearest = stop.replacing(with: trail, where: trail .< stop)
    nearest.replace(with: liquidation, where: liquidation .< nearest)
    state.pointee.upper.replace(with: nearest, where: shorts)
    var below = price * (one - state.pointee.takeProfit)
    for lane in 0..<laneWidth { below[lane] = below[lane].nextDown }
    state.pointee.lower.replace(with: below, where: shorts)
    state.pointee.trailShort.replace(with: one + state.pointee.trailingStop, where: shorts)
    state.pointee.liquidation.replace(with: liquidation, where: shorts)
  }

  /// Closes positions.
  ///
  /// `slips` is 0 for lanes whose fill is a limit.
  @inline(never)
  static func leave(
    _ state: UnsafeMutablePointer<LaneState>, _ mask: Mask, _ prices: Vector, _ index: Int,
    _ rules: LaneRules, slips: Vector, _ cause: FillRecord.Cause,
    _ log: UnsafeMutablePointer<FillLog>?
  ) {
    let one = Vector(repeating: 1)
    let units = state.pointee.units
    let side = one.replacing(with: Vector(repeating: -1), where: units .< Vector.zero)
    let price = prices * (one - side * slips * rules.slippageRate)
    let quantity = units * side
    let paid = commission(quantity, price, rules)
    let cash = state.pointee.cash + units * price - paid
    let profit = cash - state.pointee.entryEquity
    let won = mask .& (profit .> Vector.zero)
    let lost = mask .& (profit .< Vector.zero)
    state.pointee.trades.replace(with: state.pointee.trades + one, where: mask)
    state.pointee.wins.replace(with: state.pointee.wins + one, where: won)
    state.pointee.losses.replace(with: state.pointee.losses + one, where: lost)
    state.pointee.grossProfit.replace(with: state.pointee.grossProfit + profit, where: won)
    state.pointee.grossLoss.replace(with: state.pointee.grossLoss - profit, where: lost)
    state.pointee.barsHeld.replace(
      with: state.pointee.barsHeld + Vector(repeating: Double(index)) - state.pointee.entryBar,
      where: mask)
    state.pointee.fees.replace(with: state.pointee.fees + paid, where: mask)
    state.pointee.notional.replace(with: state.pointee.notional + quantity * price, where: mask)
    state.pointee.slippage.replace(
      with: state.pointee.slippage + units * (prices - price), where: mask)
    state.pointee.cash.replace(with: cash, where: mask)
    state.pointee.units.replace(with: Vector.zero, where: mask)
    if rules.watchesLevels { resetLevels(state, mask) }

    guard let log else { return }
    if mask[0] {
      log.pointee.append(
        FillRecord(
          bar: index, cause: cause, price: prices[0], fillPrice: price[0], units: -units[0],
          commission: paid[0], cashAfter: cash[0]))
    }
  }
}
