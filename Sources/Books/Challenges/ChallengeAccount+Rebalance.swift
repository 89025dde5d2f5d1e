extension ChallengeAccount {
  /// Moves towards weights at the prices of a moment: sales first, purchases scaled to the cash.
  mutating func rebalance(_ target: ChallengeEntry.Target, _ step: ChallengePlan.Step)
    -> ChallengeBreach?
  {
    var prices: [Int: Double] = [:]
    var wanted: [Int: Double] = [:]
    for (column, weight) in zip(target.columns, target.weights) { wanted[Int(column)] = weight }
    let touched = Set(held).union(wanted.keys).sorted()
    for column in touched {
      let price = price(step.bar, column, step.moment)
      if price.isNaN { curve.unfilled += wanted[column] ?? 0 == 0 && units[column] == 0 ? 0 : 1 }
      if price > 0 { prices[column] = price }
      if price > 0 { last[column] = price }
    }
    let value = equity
    guard value > 0 else {
      return ChallengeBreach(.ruined, timeNs: step.timeNs, "an equity of \(value.told)")
    }
    // Costs first: weights are of the equity that the costs of moving there leave, as in the portfolio engine.
    var left = value
    for _ in 0..<64 {
      let cost = changes(to: wanted, of: left, touched, prices).reduce(0) { sum, change in
        let price = prices[change.column] ?? 0
        let paid = paid(change.column, change.units, prices, step.bar)
        return sum + (paid - price) * change.units
          + rules.costs.commission(units: change.units, price: paid)
      }
      let next = value - cost
      if (next - left).magnitude <= 1e-15 * value { break }
      left = next
    }
    let changes = changes(to: wanted, of: left, touched, prices)
    for (column, change) in changes where change < 0 { trade(column, change, prices, step.bar) }
    let buys = changes.filter { $0.units > 0 }
    var scale = 1.0
    if rules.limits.maxLeverage <= 1 {
      let need = buys.reduce(0) { sum, buy in
        let paid = paid(buy.column, buy.units, prices, step.bar)
        return sum + buy.units * paid + rules.costs.commission(units: buy.units, price: paid)
      }
      if need > cash { scale = max(0, cash / need) }
    }
    for (column, change) in buys {
      var change = change * scale
      if rules.limits.maxLeverage <= 1 {
        let paid = paid(column, change, prices, step.bar)
        change = min(change, rules.costs.affordable(budget: cash, price: paid))
      }
      if rules.limits.lot > 0 {
        change = (change / rules.limits.lot + 1e-9).rounded(.down) * rules.limits.lot
      }
      if change > 0 { trade(column, change, prices, step.bar) }
    }
    if let most = rules.limits.maxTrades, curve.fills > most {
      return ChallengeBreach(
        .maxTrades, timeNs: target.timeNs, trade: step.number, line: Int(target.line),
        "the rules allow \(most) trades")
    }
    return nil
  }

  /// What is to be bought and sold for weights of an equity.
  func changes(
    to wanted: [Int: Double], of equity: Double, _ touched: [Int], _ prices: [Int: Double]
  ) -> [(column: Int, units: Double)] {
    touched.compactMap { column in
      guard let price = prices[column] else { return nil }
      var goal = (wanted[column] ?? 0) * equity / price
      if rules.limits.lot > 0 {
        goal = (goal / rules.limits.lot + 1e-9).rounded(.towardZero) * rules.limits.lot
      }
      let change = goal - units[column]
      return change.magnitude * price > 1e-9 * equity ? (column, change) : nil
    }
  }

  func paid(_ column: Int, _ change: Double, _ prices: [Int: Double], _ bar: Int) -> Double {
    rules.costs.fillPrice(units: change, price: prices[column] ?? .nan, bar: bar, column: column)
  }

  mutating func trade(
    _ column: Int, _ change: Double, _ prices: [Int: Double], _ bar: Int
  ) {
    let paid = paid(column, change, prices, bar)
    if isScored { curve.slippage += (paid - (prices[column] ?? paid)) * change }
    move(
      column, change, price: paid, fee: rules.costs.commission(units: change, price: paid))
  }
}
