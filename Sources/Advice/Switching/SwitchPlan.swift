/// Trades from what is held to target weights.
public enum SwitchPlan {
  /// Sells all, then buys the target; or trades differences only.
  ///
  /// Weights are of what is left after costs, marks counted: units = weight · (equity − cost) / mark, and the cost that fits is found by
  /// repetition. Whole lots are rounded so that no line exceeds its weight: purchases down, sales up, all of what is held sold
  /// whatever its lot. No purchase is larger than its wallet pays for.
  ///
  /// - Parameters:
  ///   - weights: targets by line; lines that can't be traded stay.
  ///   - kind: `full` or `net`.
  public static func make(
    _ account: SwitchAccount, weights: [Double], costs: TradeCosts, kind: TradePlan.Kind
  ) -> TradePlan {
    precondition(weights.count == account.lines.count, "a weight for each line")
    let equity = account.equity
    guard equity > 0 else {
      var plan = TradePlan(kind, account)
      plan.notes.append("there is no money to trade with")
      return plan
    }
    return settled(equity) { rest in
      var plan = TradePlan(kind, account)
      var sold = [Double](repeating: 0, count: weights.count)
      var bought = sold
      for (place, line) in account.lines.enumerated() where line.isTradable {
        let wanted = weights[place] * rest / line.unitValue
        let held = kind == .full ? 0 : line.units
        let (sale, purchase) = orders(from: held, to: wanted, line)
        (sold[place], bought[place]) = (sale, purchase)
        if kind == .full {
          if line.units > 0 { sold[place] += line.units } else { bought[place] -= line.units }
        }
      }
      plan.execute(sold: sold, bought: bought, costs)
      return plan
    }
  }

  /// Units to sell and to buy so that what is held becomes what is wanted, and by lots not more than it on either side.
  static func orders(from held: Double, to wanted: Double, _ line: SwitchAccount.Line)
    -> (sold: Double, bought: Double)
  {
    if wanted < 0 || wanted == 0 && held < 0 {
      let mirrored = orders(from: -held, to: -wanted, line)
      return (mirrored.bought, mirrored.sold)
    }
    // Rounding is no reason to trade.
    if (wanted - held).magnitude <= 1e-12 * max(held.magnitude, wanted) { return (0, 0) }
    // All of what is held is sold whatever its lot.
    if wanted == 0 { return (held, 0) }
    let units = wholeLots(wanted - held, line.lot)
    return units < 0 ? (min(-units, max(held, 0)), 0) : (0, units)
  }

  /// Units in whole lots, rounded down; a whole number but for rounding is that number.
  static func wholeLots(_ units: Double, _ lot: Double) -> Double {
    guard lot > 0 else { return units }
    let near = (units / lot).rounded()
    let isWhole = (units / lot - near).magnitude <= 1e-9 * max(1, near.magnitude)
    return (isWhole ? near : (units / lot).rounded(.down)) * lot
  }

  /// The trades that leave as much as they were told to leave: what they cost is set aside.
  ///
  /// Lots and least commissions make costs jump; then it is the largest rest found that pays for itself.
  static func settled(_ equity: Double, _ trades: (_ rest: Double) -> TradePlan) -> TradePlan {
    var (rest, least) = (equity, equity)
    var best: (rest: Double, plan: TradePlan)?
    for _ in 0..<60 {
      let plan = trades(rest)
      let left = max(0, equity - plan.cost)
      if left >= rest * (1 - 1e-13), rest > best?.rest ?? -1 { best = (rest, plan) }
      if (left - rest).magnitude <= 1e-14 * equity { break }
      rest = left
      least = min(least, rest)
    }
    return best?.plan ?? trades(least)
  }
}
