import Kernels

extension Ledger {
  /// Units that a budget buys, or that may be sold short for it, commission included; positive.
  ///
  /// The order's slippage is in the price. Whether margin allows them, `fit` tells.
  ///
  /// - Parameters:
  ///   - price: after slippage, in the symbol's currency.
  ///   - budget: account currency.
  public func affordable(
    symbol: Int = 0, price: Double, budget: Double, after order: OrderCharge = OrderCharge()
  ) -> Double {
    rules.commission.affordable(
      budget: budget, price: price * positions[symbol].rate, after: order)
  }

  /// What of an order cash and margin allow.
  ///
  /// What reduces a position is always allowed. What opens or adds needs equity: 1/leverage of a long's value and
  /// `initialMargin` − 1 of a short's, beside what other positions need, at the latest prices and after the order's
  /// commission. So without leverage a purchase never takes cash below zero, nor below the collateral of shorts; and a
  /// short needs cash, its proceeds included, of `initialMargin` times its value.
  ///
  /// - Parameters:
  ///   - units: signed.
  ///   - price: after slippage, in the symbol's currency.
  ///   - order: what of the order was filled before.
  /// - Returns: signed units, at most as many; the same bits if all are allowed.
  public func fit(
    symbol: Int = 0, units: Double, price: Double, after order: OrderCharge = OrderCharge()
  ) -> Double {
    let old = positions[symbol].units
    let isLong = units > 0
    let closing = (old > 0) == isLong || old == 0 ? 0 : min(old.magnitude, units.magnitude)
    let opening = units.magnitude - closing
    if opening <= 0 { return units }
    let side = isLong ? 1.0 : -1.0
    if isRuined || !isLong && !rules.allowsShort { return side * closing }
    let money = price * positions[symbol].rate
    var charge = order
    let paid = closing > 0 ? charge.add(units: closing, price: money, rules.commission) : 0
    let power = buyingPower(symbol: symbol, isLong: isLong, price: price) - paid
    let weight = isLong ? 1 / rules.leverage : rules.initialMargin - 1
    let most = rules.commission.affordable(
      budget: power, price: money, weight: weight, after: charge)
    if opening <= most * (1 + 1e-12) { return units }
    return side * (closing + most)
  }

  /// Equity that is free to open or add to a position in a symbol, after it has been bought back or sold.
  ///
  /// - Parameter price: of the symbol, in its currency.
  public func buyingPower(symbol: Int = 0, isLong: Bool, price: Double) -> Double {
    let position = positions[symbol]
    let ownLong = max(0, position.value)
    let ownShort = max(0, -position.value)
    let now = position.units == 0 ? 0 : position.units * price * position.rate
    let needOfShorts = rules.initialMargin * (shortValue - ownShort)
    if rules.leverage == 1 {
      // What would be left of cash above the collateral of shorts.
      if isLong { return cash + min(0, now) - needOfShorts }
    }
    let otherLongs = longValue - ownLong
    let equity = cash + otherLongs - (shortValue - ownShort) + now
    let kept = isLong == (position.units > 0) ? now.magnitude : 0
    let weight = isLong ? 1 / rules.leverage : rules.initialMargin - 1
    let needed =
      otherLongs / rules.leverage + (rules.initialMargin - 1) * (shortValue - ownShort)
    return equity - needed - weight * kept
  }

  /// Cash that could be withdrawn: what is neither borrowed nor collateral.
  public var withdrawable: Double {
    let needed = longValue / rules.leverage + (rules.initialMargin - 1) * shortValue
    return max(0, min(cash, currentEquity - needed))
  }

  /// Whether a bar can run short of collateral, so that `nextLiquidation` is worth asking.
  public var watchesMargin: Bool {
    !held.isEmpty && (shortValue > 0 || rules.leverage > 1)
  }

  /// The price of the only symbol held at which its position is liquidated: a high for a short, a low for a leveraged
  /// long; infinity for a short or 0 for a long that never is.
  ///
  /// A short is kept while cash, its proceeds included, is more than `maintenanceMargin` times its value. A leveraged
  /// long is kept while equity is more than `leverageMaintenance` times its value.
  public func liquidationPrice(_ symbol: Int = 0) -> Double {
    let units = positions[symbol].units
    if units < 0 {
      let price = cash / (units * positions[symbol].rate * -rules.maintenanceMargin)
      return price.isNaN ? .infinity : price
    }
    if units == 0 || rules.leverage <= 1 { return 0 }
    let level = cash / (units * positions[symbol].rate * (rules.leverageMaintenance - 1))
    return max(0, level)
  }

  /// The next position to liquidate in a bar, with the price: the bar's adverse extreme; nil if collateral lasts.
  ///
  /// All positions are taken at their adverse extremes at once. Collateral lasts while equity is more than
  /// (`maintenanceMargin` − 1) times the value of shorts plus, with leverage above 1, `leverageMaintenance` times the value
  /// of longs. If it doesn't, the position with the largest loss against its average price is next, then it is asked
  /// again. A symbol without a bar is taken at its mark and can't be liquidated.
  ///
  /// - Parameters:
  ///   - lows: `[N]` of the run's symbols; NaN without a bar.
  ///   - highs: likewise.
  public func nextLiquidation(lows: UnsafePointer<Double>, highs: UnsafePointer<Double>)
    -> (symbol: Int, price: Double)?
  {
    if !watchesMargin { return nil }
    var equity = cash
    var needed = 0.0
    var worst: (symbol: Int, price: Double)?
    var largestLoss = -Double.infinity
    for symbol in held {
      let position = positions[symbol]
      let extreme = position.units < 0 ? highs[symbol] : lows[symbol]
      let price = extreme.isNaN ? position.mark : extreme
      let value = position.units * price * position.rate
      equity += value
      if value < 0 {
        needed -= (rules.maintenanceMargin - 1) * value
      } else if rules.leverage > 1 {
        needed += rules.leverageMaintenance * value
      }
      if extreme.isNaN { continue }
      let loss = position.units * (position.averagePrice - price) * position.rate
      if loss > largestLoss {
        largestLoss = loss
        worst = (symbol, price)
      }
    }
    return equity > needed ? nil : worst
  }
}
