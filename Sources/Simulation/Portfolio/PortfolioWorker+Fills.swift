import Kernels

extension PortfolioWorker {
  /// Sells what is held long, then covers what is held short: it needs no margin and brings cash.
  func reduce(_ ledger: inout Ledger, _ bar: Int) {
    for sells in [true, false] {
      for trade in trades where (trade.units < 0) == sells && trade.closing != 0 {
        fill(&ledger, trade, trade.closing, bar)
      }
    }
  }

  /// Opens shorts, then buys, all made smaller by one factor if cash and margin don't allow them.
  ///
  /// - Returns: the factor; 1 up to rounding of the equity.
  func open(_ ledger: inout Ledger, _ bar: Int, _ equity: Double) -> Double {
    guard trades.contains(where: { $0.opening != 0 }) else { return 1 }
    let power = max(0, Self.freeEquity(ledger))
    let factor = openingFactor(power, bar)
    if factor < 1 {
      for index in trades.indices where trades[index].opening != 0 {
        let opening = wholeLots(trades[index].opening * factor)
        trades[index].units = trades[index].closing + opening
      }
    }
    for sells in [true, false] {
      for index in trades.indices {
        let trade = trades[index]
        guard trade.opening != 0, (trade.units < 0) == sells else { continue }
        let units = sells ? trade.opening : affordable(ledger, trade, bar)
        trades[index].units += units - trade.opening
        if units != 0 { fill(&ledger, trade, units, bar) }
      }
    }
    // A purchase with all the cash may be off by rounding.
    return power * (1 - factor) > 1e-9 * equity || factor == 0 ? factor : 1
  }

  /// Equity that no position needs: all cash above the collateral of shorts, without leverage.
  private static func freeEquity(_ ledger: Ledger) -> Double {
    let rules = ledger.rules
    if rules.leverage == 1 { return ledger.cash - rules.initialMargin * ledger.shortValue }
    return ledger.currentEquity - ledger.longValue / rules.leverage
      - (rules.initialMargin - 1) * ledger.shortValue
  }

  /// Free equity that opening a part of all that is to be opened takes.
  private func need(_ part: Double, _ bar: Int) -> Double {
    var sum = 0.0
    for trade in trades where trade.opening != 0 {
      let units = part == 1 ? trade.opening : wholeLots(trade.opening * part)
      if units == 0 { continue }
      let value = units.magnitude * trade.price * trade.rate
      let cost = trade.commission.isNaN ? cost(trade, units, bar) : trade.commission * part
      sum += cost + value * (units < 0 ? rules.initialMargin - 1 : 1 / rules.leverage)
    }
    return sum
  }

  private func openingFactor(_ power: Double, _ bar: Int) -> Double {
    let all = need(1, bar)
    if all <= power { return 1 }
    if proportional != nil && rules.lot <= 0 { return power / all }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if need(middle, bar) <= power { low = middle } else { high = middle }
    }
    return low
  }

  /// Units of a purchase that cash pays to the last bit; for rounding alone.
  private func affordable(_ ledger: Ledger, _ trade: RebalanceTrade, _ bar: Int) -> Double {
    if rules.leverage > 1 { return trade.opening }
    var units = trade.opening
    let cash = ledger.cash
    for _ in 0..<4 {
      let fillPrice = fillPrice(trade.symbol, units, trade.price, bar)
      let outlay = units * fillPrice * trade.rate + commission(trade, units, fillPrice)
      if outlay <= cash || cash <= 0 { break }
      units = rules.lot > 0 ? max(0, units - rules.lot) : units * min(1 - 0x1p-52, cash / outlay)
    }
    return cash > 0 ? units : 0
  }

  func commission(_ trade: RebalanceTrade, _ units: Double, _ fillPrice: Double) -> Double {
    trade.commission.isNaN
      ? rules.commission.charge(units: units, price: fillPrice * trade.rate)
      : trade.commission * (units / trade.wanted)
  }

  func fillPrice(_ symbol: Int, _ units: Double, _ price: Double, _ bar: Int) -> Double {
    let slippage = rules.slippage
    return slippage.readsBar
      ? slippage.fillPrice(units: units, price: price, bar: prices.slippageBar(bar, symbol))
      : slippage.fillPrice(units: units, price: price)
  }

  /// Fills a part of a trade; both parts of one that turns a position are charged as one order.
  private func fill(
    _ ledger: inout Ledger, _ trade: RebalanceTrade, _ units: Double, _ bar: Int
  ) {
    let price = fillPrice(trade.symbol, units, trade.price, bar)
    var commission = commission(trade, units, price)
    if trade.commission.isNaN && trade.closing != 0 && units != trade.closing {
      let first = fillPrice(trade.symbol, trade.closing, trade.price, bar)
      var charge = OrderCharge()
      _ = charge.add(units: trade.closing, price: first * trade.rate, rules.commission)
      commission = charge.add(units: units, price: price * trade.rate, rules.commission)
    }
    ledger.fill(
      symbol: trade.symbol, units: units, price: trade.price, fillPrice: price,
      commission: commission, cause: .rebalance, bar: bar)
  }

  /// Fills an order that is no part of a rebalance.
  func fill(
    _ ledger: inout Ledger, symbol: Int, units: Double, price: Double, bar: Int,
    cause: FillRecord.Cause
  ) {
    let fillPrice = fillPrice(symbol, units, price, bar)
    let charge = rules.commission.charge(units: units, price: fillPrice * ledger.rate(symbol))
    ledger.fill(
      symbol: symbol, units: units, price: price, fillPrice: fillPrice, commission: charge,
      cause: cause, bar: bar)
  }
}
