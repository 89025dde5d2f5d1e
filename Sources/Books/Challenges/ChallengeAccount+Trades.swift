import Market

extension ChallengeAccount {
  mutating func take(_ step: ChallengePlan.Step) -> ChallengeBreach? {
    nowNs = step.moment == .inside ? step.timeNs : market.fillInstant(rules.fill, at: step.bar)
    switch step.deed {
    case .breach(let breach): return breach
    case .order(let order): return fill(order, step)
    case .target(let index): return rebalance(entry.targets[index], step)
    }
  }

  func price(_ bar: Int, _ column: Int, _ moment: ChallengePlan.Moment) -> Double {
    (moment == .open ? market.open : market.close)[market.index(bar, column)]
  }

  mutating func fill(_ order: ChallengeEntry.Order, _ step: ChallengePlan.Step)
    -> ChallengeBreach?
  {
    let column = Int(order.column)
    var paid = order.price
    if paid.isNaN {
      let price = price(step.bar, column, step.moment)
      paid = rules.costs.fillPrice(
        units: order.units, price: price, bar: step.bar, column: column)
      if isScored { curve.slippage += (paid - price) * order.units }
    }
    let fee = rules.costs.commission(units: order.units, price: paid)
    move(column, order.units, price: paid, fee: fee)
    return broken(by: order, step)
  }

  /// Moves cash and units; a round trip ends where a position does.
  mutating func move(_ column: Int, _ change: Double, price: Double, fee: Double) {
    let old = units[column]
    let brought = -change * price - fee
    cash += brought
    var new = old + change
    if new.magnitude < 1e-9 * max(old.magnitude, change.magnitude) { new = 0 }
    units[column] = new
    last[column] = price
    if old == 0, new != 0 { held.append(column) }
    if new == 0 { held.removeAll { $0 == column } }
    let crosses = old != 0 && (new == 0 || (new < 0) != (old < 0))
    let share = crosses ? min(1, (old / change).magnitude) : 1
    flow[column] += brought * share
    curve.firstFillNs = curve.firstFillNs ?? nowNs
    if isScored {
      curve.fees += fee
      curve.tradedNotional += change.magnitude * price
      curve.fills += 1
    }
    guard crosses else { return }
    if isScored { curve.closed.add(flow[column]) }
    flow[column] = brought * (1 - share)
  }

  /// What a trade broke.
  func broken(by order: ChallengeEntry.Order, _ step: ChallengePlan.Step)
    -> ChallengeBreach?
  {
    func breach(_ reason: ChallengeBreach.Reason, _ detail: String) -> ChallengeBreach {
      ChallengeBreach(
        reason, timeNs: order.timeNs, trade: step.number, line: Int(order.line), detail)
    }
    let limits = rules.limits
    let column = Int(order.column)
    let (name, now) = (market.symbols[column], units[column])
    if now < 0, !limits.allowsShort {
      return breach(
        .shortSale,
        "\(order.units.magnitude.told) \(name) sold with \((now - order.units).told) held")
    }
    if let most = limits.maxTrades, curve.fills > most {
      return breach(.maxTrades, "the rules allow \(most) trades")
    }
    if limits.maxLeverage <= 1, cash < -1e-9 * rules.capital {
      return breach(.cashBelowZero, "it leaves \(cash.told) in cash")
    }
    // What takes nothing on breaks no bound.
    if now.magnitude <= (now - order.units).magnitude { return nil }
    let value = equity
    let weight = (now * last[column]).magnitude / value
    if !(value > 0) { return breach(.ruined, "an equity of \(value.told)") }
    if weight > limits.maxWeight + 1e-9 {
      return breach(
        .maxWeight, "\(name) at \(weight.told) of equity; the rules allow \(limits.maxWeight.told)")
    }
    let gross = held.reduce(0) { $0 + (units[$1] * last[$1]).magnitude }
    if gross > limits.maxLeverage * value * (1 + 1e-9), limits.maxLeverage > 1 || limits.allowsShort
    {
      return breach(
        .maxLeverage,
        "positions of \((gross / value).told) of equity; the rules allow \(limits.maxLeverage.told)"
      )
    }
    return nil
  }
}
