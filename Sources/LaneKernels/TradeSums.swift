import Kernels

extension LaneKernel {
  /// Books purchases of invested accounts: what they held in cash before, and the units that it bought.
  @inline(always)
  static func bookEntries(
    _ state: UnsafeMutablePointer<LaneState>, _ bought: Mask, _ index: Int, cash: Vector,
    units: Vector, asked: Double, _ rules: LaneRules
  ) {
    let price = asked * (1 + rules.slippageRate)
    let traded = units * price
    state.pointee.entryEquity.replace(with: cash, where: bought)
    state.pointee.entryBar.replace(with: Vector(repeating: Double(index)), where: bought)
    state.pointee.notional.replace(with: state.pointee.notional + traded, where: bought)
    state.pointee.fees.replace(
      with: state.pointee.fees + traded * rules.commissionRate, where: bought)
    state.pointee.slippage.replace(
      with: state.pointee.slippage + units * (price - asked), where: bought)
  }

  /// Books sales of invested accounts at a price, before slippage and after: the units before, and the cash after.
  @inline(always)
  static func bookExits(
    _ state: UnsafeMutablePointer<LaneState>, _ sold: Mask, _ index: Int, units: Vector,
    cash: Vector, asked: Vector, price: Vector, _ rules: LaneRules
  ) {
    let one = Vector(repeating: 1)
    let profit = cash - state.pointee.entryEquity
    let won = sold .& (profit .> Vector.zero)
    let lost = sold .& (profit .< Vector.zero)
    let traded = units * price
    state.pointee.wins.replace(with: state.pointee.wins + one, where: won)
    state.pointee.losses.replace(with: state.pointee.losses + one, where: lost)
    state.pointee.grossProfit.replace(with: state.pointee.grossProfit + profit, where: won)
    state.pointee.grossLoss.replace(with: state.pointee.grossLoss - profit, where: lost)
    state.pointee.barsHeld.replace(
      with: state.pointee.barsHeld + Vector(repeating: Double(index)) - state.pointee.entryBar,
      where: sold)
    state.pointee.notional.replace(with: state.pointee.notional + traded, where: sold)
    state.pointee.fees.replace(
      with: state.pointee.fees + traded * rules.commissionRate, where: sold)
    state.pointee.slippage.replace(
      with: state.pointee.slippage + units * (asked - price), where: sold)
  }
}
