import Kernels
import Market

/// A participant's account: cash and units, moved by an entry bar after bar under the rules.
///
/// A bar begins with splits, dividends and ends of symbols; then orders fill at its open, trades with prices in order of time,
/// orders at its close; then it is marked. The first breach ends the account.
public struct ChallengeAccount {
  private let market: ChallengeMarket
  private let rules: ChallengeRules
  private let entry: ChallengeEntry
  private var cash: Double
  private var units: [Double]
  /// Last price of each symbol as far as the account has come.
  private var last: [Double]
  /// Money that the open round trip of each symbol brought so far.
  private var flow: [Double]
  private var held: [Int] = []
  private var curve: ChallengeCurve
  private var isScored = false

  /// Replays an entry.
  ///
  /// - Parameters:
  ///   - entry: what a participant hands in.
  ///   - bars: how many bars of the market are looked at.
  ///   - scored: bars that count; those before only move the account.
  /// - Returns: the curve over the scored bars; up to a breach if there is one.
  public static func replay(
    _ entry: ChallengeEntry, market: ChallengeMarket, rules: ChallengeRules, bars: Int? = nil,
    scored: Range<Int>? = nil
  ) -> ChallengeCurve {
    let bars = bars ?? market.barCount
    var account = ChallengeAccount(entry, market, rules)
    account.run(bars: bars, scored: scored ?? 0..<bars)
    return account.curve
  }

  private init(_ entry: ChallengeEntry, _ market: ChallengeMarket, _ rules: ChallengeRules) {
    self.market = market
    self.rules = rules
    self.entry = entry
    cash = rules.capital
    units = Array(repeating: 0, count: market.symbolCount)
    last = Array(repeating: .nan, count: market.symbolCount)
    flow = units
    curve = ChallengeCurve(initialEquity: rules.capital)
  }

  private mutating func run(bars: Int, scored: Range<Int>) {
    let plan = ChallengePlan(entry, market, rules, end: bars)
    var (step, event) = (0, 0)
    var peak = rules.capital
    var hasBegun = false
    curve.equity.reserveCapacity(scored.count)
    for bar in 0..<bars {
      if bar == scored.lowerBound {
        isScored = true
        curve.initialEquity = equity
        peak = curve.initialEquity
      }
      while event < market.events.count, market.events[event].bar <= bar {
        if market.events[event].bar == bar { apply(market.events[event]) }
        event += 1
      }
      while step < plan.steps.count, plan.steps[step].bar == bar {
        if let breach = take(plan.steps[step]) {
          curve.breach = breach
          return
        }
        step += 1
      }
      for column in held { last[column] = market.mark[market.index(bar, column)] }
      let value = equity
      hasBegun = hasBegun || !held.isEmpty
      if scored.contains(bar) {
        curve.equity.append(value)
        if !held.isEmpty { curve.barsInPosition += 1 }
      }
      peak = max(peak, value)
      if let breach = breach(at: bar, value, peak, hasBegun) {
        curve.breach = breach
        return
      }
    }
    curve.openTrades = held.count
    curve.unfilled = plan.unfilled
    curve.breach = curve.breach(of: rules.limits, endNs: bars > 0 ? market.timeNs[bars - 1] : nil)
  }

  private var equity: Double { held.reduce(cash) { $0 + units[$1] * last[$1] } }

  /// What a bar's end breaks.
  private func breach(at bar: Int, _ value: Double, _ peak: Double, _ hasBegun: Bool)
    -> ChallengeBreach?
  {
    let (limits, time) = (rules.limits, market.timeNs[bar])
    if !(value > 0) { return ChallengeBreach(.ruined, timeNs: time, "an equity of \(value.told)") }
    let drawdown = 1 - value / peak
    if isScored, drawdown > limits.maxDrawdown + 1e-12 {
      return ChallengeBreach(
        .maxDrawdown, timeNs: time,
        "a drawdown of \(drawdown.told); the rules allow \(limits.maxDrawdown.told)")
    }
    if let least = limits.minHoldings, hasBegun, held.count < least {
      return ChallengeBreach(
        .minHoldings, timeNs: time,
        "\(held.count) positions; the rules ask for at least \(least)")
    }
    if let most = limits.maxHoldings, held.count > most {
      return ChallengeBreach(
        .maxHoldings, timeNs: time, "\(held.count) positions; the rules allow \(most)")
    }
    return nil
  }

  private mutating func apply(_ event: ChallengeMarket.Event) {
    let column = event.column
    guard units[column] != 0 else { return }
    switch event.kind {
    case .split(let ratio):
      units[column] *= ratio
      last[column] /= ratio
    case .dividend(let amount):
      cash += units[column] * amount
      flow[column] += units[column] * amount
    case .end(let change):
      let price = last[column] * (1 + change)
      move(column, -units[column], price: price, fee: 0)
    }
  }

  // MARK: - Trades

  private mutating func take(_ step: ChallengePlan.Step) -> ChallengeBreach? {
    switch step.deed {
    case .breach(let breach): return breach
    case .order(let order): return fill(order, step)
    case .target(let index): return rebalance(entry.targets[index], step)
    }
  }

  private func price(_ bar: Int, _ column: Int, _ moment: ChallengePlan.Moment) -> Double {
    (moment == .open ? market.open : market.close)[market.index(bar, column)]
  }

  private mutating func fill(_ order: ChallengeEntry.Order, _ step: ChallengePlan.Step)
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
  private mutating func move(_ column: Int, _ change: Double, price: Double, fee: Double) {
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
    if isScored {
      curve.fees += fee
      curve.tradedNotional += change.magnitude * price
      curve.fills += 1
    }
    guard crosses else { return }
    if isScored {
      let profit = flow[column]
      curve.trades += 1
      if profit > 0 {
        curve.wins += 1
        curve.grossProfit += profit
      } else if profit < 0 {
        curve.losses += 1
        curve.grossLoss -= profit
      }
    }
    flow[column] = brought * (1 - share)
  }

  /// What a trade broke.
  private func broken(by order: ChallengeEntry.Order, _ step: ChallengePlan.Step)
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

  /// Moves towards weights at the prices of a moment: sales first, purchases scaled to the cash.
  private mutating func rebalance(_ target: ChallengeEntry.Target, _ step: ChallengePlan.Step)
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
  private func changes(
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

  private func paid(_ column: Int, _ change: Double, _ prices: [Int: Double], _ bar: Int) -> Double
  {
    rules.costs.fillPrice(units: change, price: prices[column] ?? .nan, bar: bar, column: column)
  }

  private mutating func trade(
    _ column: Int, _ change: Double, _ prices: [Int: Double], _ bar: Int
  ) {
    let paid = paid(column, change, prices, bar)
    if isScored { curve.slippage += (paid - (prices[column] ?? paid)) * change }
    move(
      column, change, price: paid, fee: rules.costs.commission(units: change, price: paid))
  }
}
