import Kernels

extension LaneKernel {
  /// Runs bars of plain accounts, fills included, until one cannot be filled; returns its index, or the block's count.
  ///
  /// A plain account buys with all its cash, pays in proportion, and has neither levels nor short positions. Its fills are
  /// a handful of operations at one price for all lanes, so they are done here, in the arithmetic of `enter` and `leave`.
  @inline(never)
  static func plainBars<Fill: Moment, Sums: Option>(
    _ state: UnsafeMutablePointer<LaneState>, _ block: LaneBlock, _ rules: LaneRules, _ from: Int,
    _ fill: Fill.Type, _ sums: Sums.Type
  ) -> Int {
    let one = Vector(repeating: 1)
    let two = Vector(repeating: 2)
    let entries = block.signals.longEntry
    let exits = block.signals.longExit
    let marks = block.mark
    let fillable = block.fillable
    let prices = Fill.isAtOpen ? block.open : block.close
    let count = block.count
    var cash = state.pointee.cash
    var units = state.pointee.units
    var pending = state.pointee.pending
    var path = PathSums(state)

    var bar = from
    while bar < count {
      if fillable[bar] == 0 { break }
      let waiting = pending
      if Fill.isSameBar {
        // An order that waits from a bar without trading goes before the bar's own signals.
        let decided = (exits[bar] * two).replacing(
          with: entries[bar], where: units .== Vector.zero)
        pending.replace(with: decided, where: pending .== Vector.zero)
      }
      if anyNonZero(pending) {
        let buyPrice = prices[bar] * (1 + rules.slippageRate)
        let inverse = 1 / (buyPrice * (1 + rules.commissionRate))
        // A price so small that quantities overflow is refused by the careful route.
        if inverse > 1e150 {
          pending = waiting
          break
        }
        let isBuy = pending .== one
        let isSale = pending .== two
        let sellPrice = prices[bar] * (1 - rules.slippageRate)
        let bought = cash * inverse
        let sold = units
        let value = sold * sellPrice
        let proceeds = cash + value - value * rules.commissionRate

        // What is counted stays in memory: it is touched at fills only.
        let index = Vector(repeating: Double(block.firstBar + bar))
        let profit = proceeds - state.pointee.entryEquity
        let won = isSale .& (profit .> Vector.zero)
        let lost = isSale .& (profit .< Vector.zero)
        state.pointee.trades.replace(with: state.pointee.trades + one, where: isSale)
        state.pointee.wins.replace(with: state.pointee.wins + one, where: won)
        state.pointee.losses.replace(with: state.pointee.losses + one, where: lost)
        state.pointee.grossProfit.replace(with: state.pointee.grossProfit + profit, where: won)
        state.pointee.grossLoss.replace(with: state.pointee.grossLoss - profit, where: lost)
        state.pointee.barsHeld.replace(
          with: state.pointee.barsHeld + index - state.pointee.entryBar, where: isSale)
        state.pointee.entryEquity.replace(with: cash, where: isBuy)
        state.pointee.entryBar.replace(with: index, where: isBuy)
        let filled = isBuy .| isSale
        let traded = value.replacing(with: bought * buyPrice, where: isBuy)
        let slipped = (sold * (prices[bar] - sellPrice)).replacing(
          with: bought * (buyPrice - prices[bar]), where: isBuy)
        state.pointee.notional.replace(with: state.pointee.notional + traded, where: filled)
        state.pointee.fees.replace(
          with: state.pointee.fees + traded * rules.commissionRate, where: filled)
        state.pointee.slippage.replace(with: state.pointee.slippage + slipped, where: filled)

        cash.replace(with: Vector.zero, where: isBuy)
        cash.replace(with: proceeds, where: isSale)
        units.replace(with: bought, where: isBuy)
        units.replace(with: Vector.zero, where: isSale)
        pending = Vector.zero
      }
      path.add(cash + units * Vector(repeating: marks[bar]), bar, block, rules, sums)
      if !Fill.isSameBar {
        pending = (exits[bar] * two).replacing(with: entries[bar], where: units .== Vector.zero)
      }
      bar += 1
    }

    state.pointee.cash = cash
    state.pointee.units = units
    state.pointee.pending = pending
    path.store(state, sums)
    return bar
  }
}

/// When plain accounts fill, as a choice of the compiler.
protocol Moment {
  static var isSameBar: Bool { get }
  static var isAtOpen: Bool { get }
}
enum NextOpen: Moment {
  @inline(__always) static var isSameBar: Bool { false }
  @inline(__always) static var isAtOpen: Bool { true }
}
enum NextClose: Moment {
  @inline(__always) static var isSameBar: Bool { false }
  @inline(__always) static var isAtOpen: Bool { false }
}
enum SameClose: Moment {
  @inline(__always) static var isSameBar: Bool { true }
  @inline(__always) static var isAtOpen: Bool { false }
}
