import Simulation

/// A portfolio with shared cash, worked out the long way: for each bar all symbols, equity after costs by bisection.
///
/// It knows costs in proportion alone, and neither lots nor minima.
struct NaivePortfolio {
  struct Fill: Equatable {
    var bar: Int
    var symbol: Int
    var units: Double
    var price: Double
  }

  var cash: Double
  var units: [Double]
  var equity: [Double] = []
  var cashAfterBar: [Double] = []
  var fills: [Fill] = []
  var fees = 0.0
  var slippage = 0.0
  var staleMarks = 0
  var delistings = 0
  var rebalances = 0
  /// Σ |value traded| over equity, for each bar that trades.
  var turnovers: [Double] = []

  private var marks: [Double]
  private var targets: [Double?]
  private var stepsLeft = 0
  private let rules: ExecutionRules
  private let rebalance: Rebalance

  /// - Parameters:
  ///   - decisions: bars at which weights are looked at.
  ///   - ends: bar at which each symbol is found to have ended; nil for none.
  ///   - weights: of a bar.
  init(
    bars: [Bars], cash: Double, rules: ExecutionRules, rebalance: Rebalance, decisions: Set<Int>,
    ends: [Int?], weights: (Int) -> [Double]
  ) {
    self.cash = cash
    self.rules = rules
    self.rebalance = rebalance
    units = bars.map { _ in 0 }
    marks = bars.map { _ in .nan }
    targets = bars.map { _ in nil }
    for bar in 0..<(bars.first?.count ?? 0) {
      for symbol in bars.indices where ends[symbol] == bar {
        if units[symbol] != 0 {
          self.cash += units[symbol] * marks[symbol] * (1 + rules.delistingReturn)
          units[symbol] = 0
          delistings += 1
        }
        targets[symbol] = nil
      }
      if rules.fill == .nextOpen { fill(bars.map { ($0.open[bar], $0.close[bar]) }, bar) }
      if rules.fill == .nextClose { fill(bars.map { ($0.close[bar], $0.close[bar]) }, bar) }
      for symbol in bars.indices {
        if !bars[symbol].close[bar].isNaN { marks[symbol] = bars[symbol].close[bar] }
      }
      if decisions.contains(bar) {
        decide(weights(bar), ended: bars.indices.map { (ends[$0] ?? .max) <= bar })
      }
      if rules.fill == .sameClose { fill(bars.map { ($0.close[bar], $0.close[bar]) }, bar) }
      for symbol in bars.indices where units[symbol] != 0 && bars[symbol].close[bar].isNaN {
        staleMarks += 1
      }
      equity.append(total)
      cashAfterBar.append(self.cash)
    }
  }

  private var total: Double {
    units.indices.reduce(cash) { $0 + (units[$1] == 0 ? 0 : units[$1] * marks[$1]) }
  }

  private mutating func decide(_ weights: [Double], ended: [Bool]) {
    if rebalance.drift > 0 && stepsLeft > 0 { return }
    var wanted: [Double?] = weights.map { weight in
      if weight.isNaN { return rebalance.missing == .close ? 0 : nil }
      return weight < 0 && !rules.allowsShort ? 0 : weight
    }
    for symbol in wanted.indices where ended[symbol] { wanted[symbol] = nil }
    let long = wanted.reduce(0) { $0 + max(0, $1 ?? 0) }
    let short = wanted.reduce(0) { $0 - min(0, $1 ?? 0) }
    let need = long / rules.leverage + (rules.initialMargin - 1) * short
    if need > 1 + 1e-12 { wanted = wanted.map { $0.map { $0 / need } } }
    let value = total
    let isOff = wanted.indices.contains { symbol in
      guard let target = wanted[symbol] else { return false }
      let weight = units[symbol] == 0 ? 0 : units[symbol] * marks[symbol] / value
      return abs(target - weight) > rebalance.drift
    }
    if rebalance.drift > 0 && !isOff { return }
    targets = wanted
    for symbol in targets.indices where targets[symbol] == 0 && units[symbol] == 0 {
      targets[symbol] = nil
    }
    stepsLeft = max(1, rebalance.gradualBars)
  }

  private mutating func fill(_ prices: [(fill: Double, close: Double)], _ bar: Int) {
    let waiting = targets.indices.filter { targets[$0] != nil }
    if waiting.isEmpty { return }
    let trading = waiting.filter { prices[$0].fill > 0 && prices[$0].close > 0 }
    for symbol in units.indices where prices[symbol].fill > 0 && prices[symbol].close > 0 {
      marks[symbol] = prices[symbol].fill
    }
    if trading.isEmpty { return }
    let equity = total
    let before = units.indices.map { units[$0] == 0 ? 0 : units[$0] * marks[$0] }
    // What each symbol is to be worth, for an equity after costs.
    func distance(_ symbol: Int, _ settled: Double) -> Double {
      let held = units[symbol] * marks[symbol]
      let weight = held / equity
      let target = targets[symbol] ?? 0
      if rebalance.band > 0 && target != 0 && abs(target - weight) <= rebalance.band { return 0 }
      let step = stepsLeft > 1 ? weight + (target - weight) / Double(stepsLeft) : target
      return step * settled - held
    }
    let (slip, rate) = (rules.slippage.rate, rules.commission.rate)
    func cost(_ value: Double) -> Double {
      value > 0 ? value * (slip + rate * (1 + slip)) : -value * (slip + rate * (1 - slip))
    }
    /// By how much the trades for an equity after costs are made smaller.
    func cap(_ settled: Double) -> Double {
      let turnover = trading.reduce(0) { $0 + abs(distance($1, settled)) }
      return min(1, rebalance.maxTurnover * equity / max(turnover, .leastNormalMagnitude))
    }
    var (low, high) = (0.0, equity)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      let part = cap(middle)
      let costs = trading.reduce(0) { $0 + cost(part * distance($1, middle)) }
      if middle + costs > equity { high = middle } else { low = middle }
    }
    let settled =
      rebalance.costBasis == .orders
      ? equity - trading.reduce(0) { $0 + cost(distance($1, equity)) } : low
    var values = trading.map { distance($0, settled) }
    var commissions = trading.map { rate * abs(distance($0, equity)) }
    let part = cap(settled)
    values = values.map { $0 * part }
    commissions = commissions.map { $0 * part }
    // First what reduces positions, then what opens them, the latter by one factor if cash and collateral are short.
    let opening = trading.enumerated().map { place, symbol in
      values[place] * before[symbol] >= 0
        ? values[place] : max(0, abs(values[place]) - abs(before[symbol])) * sign(values[place])
    }
    for sells in [true, false] {
      for (place, symbol) in trading.enumerated() {
        let part = values[place] - opening[place]
        if part == 0 || (part < 0) != sells { continue }
        trade(symbol, part, commissions[place] * part / values[place], bar)
      }
    }
    let byOrder = rebalance.costBasis == .orders
    var need = 0.0
    for (place, value) in opening.enumerated() where value != 0 {
      need += byOrder ? commissions[place] * value / values[place] : cost(value)
      need += value > 0 ? value : -value * (rules.initialMargin - 1)
    }
    let collateral = units.indices.reduce(0) {
      $0 - min(0, units[$1] == 0 ? 0 : units[$1] * marks[$1])
    }
    let free = max(0, cash - rules.initialMargin * collateral)
    let factor = need > free ? free / need : 1
    for sells in [true, false] {
      for (place, symbol) in trading.enumerated() {
        let part = opening[place]
        if part == 0 || (part < 0) != sells { continue }
        trade(symbol, part * factor, commissions[place] * part / values[place] * factor, bar)
      }
    }
    turnovers.append(values.reduce(0) { $0 + abs($1) } / equity)
    let isBanded = trading.allSatisfy { symbol in
      let target = targets[symbol] ?? 0
      return rebalance.band > 0 && target != 0
        && abs(target - before[symbol] / equity) <= rebalance.band
    }
    if stepsLeft == max(1, rebalance.gradualBars) && !isBanded { rebalances += 1 }
    if stepsLeft > 0 { stepsLeft -= 1 }
    if stepsLeft == 0 { for symbol in trading { targets[symbol] = nil } }
  }

  private func sign(_ value: Double) -> Double { value < 0 ? -1 : 1 }

  private mutating func trade(_ symbol: Int, _ value: Double, _ commission: Double, _ bar: Int) {
    let price = marks[symbol]
    let fillPrice = price * (1 + (value > 0 ? 1 : -1) * rules.slippage.rate)
    let count = value / price
    let fee =
      rebalance.costBasis == .orders ? commission : rules.commission.rate * abs(count) * fillPrice
    cash -= count * fillPrice + fee
    units[symbol] += count
    if abs(units[symbol] * price) < 1e-9 { units[symbol] = 0 }
    fees += fee
    slippage += count * (fillPrice - price)
    fills.append(Fill(bar: bar, symbol: symbol, units: count, price: price))
  }
}
