import Kernels

/// The sums over trades of invested accounts, in local vectors while a loop runs.
struct TradeSums {
  private var wins, losses, grossProfit, grossLoss, barsHeld: Vector
  private var notional, fees, slippage, entryEquity, entryBar: Vector

  @inline(always)
  init(_ state: UnsafeMutablePointer<LaneState>) {
    wins = state.pointee.wins
    losses = state.pointee.losses
    grossProfit = state.pointee.grossProfit
    grossLoss = state.pointee.grossLoss
    barsHeld = state.pointee.barsHeld
    notional = state.pointee.notional
    fees = state.pointee.fees
    slippage = state.pointee.slippage
    entryEquity = state.pointee.entryEquity
    entryBar = state.pointee.entryBar
  }

  /// Books purchases: what the accounts held in cash before, and the units that it bought.
  @inline(always)
  mutating func enter(
    _ bought: Mask, _ index: Int, cash: Vector, units: Vector, asked: Double, _ rules: LaneRules
  ) {
    let price = asked * (1 + rules.slippageRate)
    let traded = units * price
    entryEquity.replace(with: cash, where: bought)
    entryBar.replace(with: Vector(repeating: Double(index)), where: bought)
    notional.replace(with: notional + traded, where: bought)
    fees.replace(with: fees + traded * rules.commissionRate, where: bought)
    slippage.replace(with: slippage + units * (price - asked), where: bought)
  }

  /// Books sales at a price, before slippage and after: the units before, and the cash after.
  @inline(always)
  mutating func leave(
    _ sold: Mask, _ index: Int, units: Vector, cash: Vector, asked: Vector, price: Vector,
    _ rules: LaneRules
  ) {
    let one = Vector(repeating: 1)
    let profit = cash - entryEquity
    let won = sold .& (profit .> Vector.zero)
    let lost = sold .& (profit .< Vector.zero)
    let traded = units * price
    wins.replace(with: wins + one, where: won)
    losses.replace(with: losses + one, where: lost)
    grossProfit.replace(with: grossProfit + profit, where: won)
    grossLoss.replace(with: grossLoss - profit, where: lost)
    barsHeld.replace(with: barsHeld + Vector(repeating: Double(index)) - entryBar, where: sold)
    notional.replace(with: notional + traded, where: sold)
    fees.replace(with: fees + traded * rules.commissionRate, where: sold)
    slippage.replace(with: slippage + units * (asked - price), where: sold)
  }

  @inline(always)
  func store(_ state: UnsafeMutablePointer<LaneState>) {
    state.pointee.wins = wins
    state.pointee.losses = losses
    state.pointee.grossProfit = grossProfit
    state.pointee.grossLoss = grossLoss
    state.pointee.barsHeld = barsHeld
    state.pointee.notional = notional
    state.pointee.fees = fees
    state.pointee.slippage = slippage
    state.pointee.entryEquity = entryEquity
    state.pointee.entryBar = entryBar
  }
}
