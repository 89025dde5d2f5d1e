import Kernels
import Metrics

extension Ledger {
  /// The corporate actions that the current bar applied, for whoever keeps orders and volumes of these symbols.
  public var actionsOfBar: ArraySlice<LedgerActions.Row> { actions.rows[appliedActions] }

  /// Applies what has come since the bar before.
  mutating func applyActions(of bar: Int) {
    let first = nextAction
    while nextAction < actions.rows.count && actions.rows[nextAction].bar <= bar {
      let row = actions.rows[nextAction]
      nextAction += 1
      switch row.event {
      case .dividend(let cash): pay(row.symbol, cash)
      case .split(let scale): split(row.symbol, scale, bar)
      case .end(let change): delist(row.symbol, change, bar)
      }
    }
    appliedActions = first..<nextAction
  }

  /// Credits longs and debits shorts.
  private mutating func pay(_ symbol: Int, _ dividend: Double) {
    let money = positions[symbol].units * dividend * positions[symbol].rate
    if money == 0 { return }
    move(money, for: symbol)
    summary.dividends += money
    guard rules.reinvestsDividends, money > 0 else { return }
    if positions[symbol].toReinvest == 0 { reinvesting.append(symbol) }
    positions[symbol].toReinvest += money
  }

  /// Rescales a position; fractions of a lot are paid in cash at the last mark, to longs and by shorts.
  private mutating func split(_ symbol: Int, _ scale: ActionScale, _ bar: Int) {
    guard positions[symbol].units != 0 else { return }
    let (whole, fraction) = scale.whole(positions[symbol].units, lot: rules.lot)
    positions[symbol].units = scale.units(positions[symbol].units)
    positions[symbol].mark = scale.price(positions[symbol].mark)
    positions[symbol].averagePrice = scale.price(positions[symbol].averagePrice)
    positions[symbol].entered = scale.units(positions[symbol].entered)
    positions[symbol].entryPrice = scale.price(positions[symbol].entryPrice)
    positions[symbol].left = scale.units(positions[symbol].left)
    positions[symbol].exitPrice = scale.price(positions[symbol].exitPrice)
    if fraction != 0 {
      exchange(symbol, -fraction, at: positions[symbol].mark, .cashInLieu, bar)
    }
    // Whole up to rounding, so made whole.
    if positions[symbol].units != 0 { positions[symbol].units = whole }
    revalue(symbol)
    updateTrade(symbol)
  }

  /// Closes a position whose symbol has ended.
  private mutating func delist(_ symbol: Int, _ change: Double?, _ bar: Int) {
    positions[symbol].hasEnded = true
    guard positions[symbol].units != 0 else { return }
    summary.delistings += 1
    let known = change ?? .nan
    let change = known.isNaN ? rules.delistingReturn : known
    exchange(
      symbol, -positions[symbol].units, at: positions[symbol].mark * (1 + change), .delisting, bar)
  }

  /// A fill that is no trade: no commission, no slippage, and none of the traded notional.
  private mutating func exchange(
    _ symbol: Int, _ units: Double, at price: Double, _ cause: FillRecord.Cause, _ bar: Int
  ) {
    let before = summary.tradedNotional
    fill(
      symbol: symbol, units: units, price: price, fillPrice: price, commission: 0, cause: cause,
      bar: bar)
    summary.tradedNotional = before
  }

  /// Buys more of what paid dividends, at the first close that is known from the ex-date on, without costs.
  mutating func reinvest(_ bar: Int, _ closes: UnsafePointer<Double>) {
    var waiting: [Int] = []
    for symbol in reinvesting {
      let close = closes[symbol]
      let money = positions[symbol].toReinvest
      if positions[symbol].units > 0 && !(close > 0) && !positions[symbol].hasEnded {
        waiting.append(symbol)
        continue
      }
      positions[symbol].toReinvest = 0
      guard positions[symbol].units > 0, close > 0 else { continue }
      var units = min(money, max(0, cash)) / (close * positions[symbol].rate)
      if rules.lot > 0 { units = (units / rules.lot).rounded(.down) * rules.lot }
      if units > 0 { exchange(symbol, units, at: close, .reinvestment, bar) }
    }
    reinvesting = waiting
  }
}
