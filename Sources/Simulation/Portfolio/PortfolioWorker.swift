import Kernels
import Market
import Metrics

/// What one worker needs to take portfolios through their bars: prices, weights, and room for the orders of a rebalance.
final class PortfolioWorker {
  let run: PortfolioRun
  let prices: PortfolioPrices
  /// The orders of the rebalance that is being made.
  var trades: [RebalanceTrade] = []
  /// Symbols that the decision that is being made is about, ascending.
  var wanted: [Int] = []
  private let evaluator: any WeightEvaluator
  private let room: AlignedBuffer<Double>
  let proportional: ProportionalCost?
  private let paysByOrder: Bool
  let rules: ExecutionRules

  init(_ run: PortfolioRun) {
    self.run = run
    rules = run.rules
    prices = PortfolioPrices(run)
    evaluator = run.weights.makeEvaluator()
    room = AlignedBuffer(repeating: .nan, count: run.symbols.count)
    let proportional = ProportionalCost(run.rules)
    self.proportional = proportional
    paysByOrder = run.rebalance.costBasis == .orders && proportional?.slippage == 0
  }

  func weights(of set: Int, at bar: Int) -> UnsafeMutablePointer<Double> {
    evaluator.weights(set: set, bar: run.window.lowerBound + bar, into: room.base)
    return room.base
  }

  /// From the start of the bar before to the start of this one; 0 for the window's first.
  func elapsedNs(_ bar: Int) -> Int64 {
    let here = run.window.lowerBound + bar
    return bar == 0 ? 0 : run.panel.time.ns[here] - run.panel.time.ns[here - 1]
  }

  // MARK: Sizes

  /// Makes the trades of one fill: sizes them, then sells, covers, opens shorts and buys.
  ///
  /// - Parameter equity: at the prices of the trades.
  /// - Returns: symbols of which the bar's volume let only a part trade, ascending.
  func trade(
    _ ledger: inout Ledger, equity: Double, bar: Int, decided: Int, isScaled: Bool
  ) -> [Int] {
    let settled = settle(equity, bar)
    let factor = turnoverFactor(settled, equity)
    for index in trades.indices {
      trades[index].units = size(trades[index], settled, factor, equity)
      if paysByOrder, let proportional {
        trades[index].commission =
          factor * trades[index].distance(equity).magnitude * proportional.buying
      }
      trades[index].wanted = trades[index].units
      if isTooSmall(trades[index]) {
        ledger.summary.rejectedOrders += 1
        log(&ledger, trades[index], decided, .rejected, bar, "below min_notional")
        trades[index].units = 0
        trades[index].wanted = 0
      }
    }
    let left = limitByVolume(&ledger, bar)
    reduce(&ledger, bar)
    let scale = open(&ledger, bar, equity)
    for trade in trades where trade.wanted != 0 {
      if trade.units == 0 {
        if left.contains(trade.symbol) { continue }
        ledger.summary.rejectedOrders += 1
        log(&ledger, trade, decided, .rejected, bar, "no cash or margin is left")
        continue
      }
      let isSmaller = (isScaled || scale != 1) && trade.opening != 0
      if isSmaller { ledger.summary.scaledOrders += 1 }
      log(&ledger, trade, decided, .filled, bar, isSmaller ? "scaled to cash and margin" : "")
    }
    return left
  }

  /// Equity after the costs of moving to the weights of it.
  private func settle(_ equity: Double, _ bar: Int) -> Double {
    // A cap on turnover makes the trades, and with them their costs, smaller than the weights ask for.
    guard let proportional, run.rebalance.maxTurnover == .infinity || paysByOrder else {
      return settleByTrades(equity, bar)
    }
    let (buying, selling) = (proportional.buying, proportional.selling)
    if buying == 0 && selling == 0 { return equity }
    func cost(_ x: Double) -> (sum: Double, slope: Double) {
      var (sum, slope) = (0.0, 0.0)
      for trade in trades {
        let distance = trade.distance(x)
        let cost = distance < 0 ? -selling : buying
        sum += distance * cost
        slope += trade.weight * cost
      }
      return (sum, slope)
    }
    if paysByOrder { return equity - cost(equity).sum }
    return ProportionalCost.settle(equity, cost)
  }

  /// The same for any costs: equity less the cost of the trades that the last equity led to, until it stays.
  ///
  /// Where it doesn't, as minima come and go, the lower equity leaves some cash over.
  private func settleByTrades(_ equity: Double, _ bar: Int) -> Double {
    var settled = equity
    var lowest = equity
    for round in 0..<32 {
      let factor = turnoverFactor(settled, equity)
      var cost = 0.0
      for trade in trades {
        let units = size(trade, settled, factor, equity)
        if units != 0 { cost += self.cost(trade, units, bar) }
      }
      let next = max(0, equity - cost)
      if (next - settled).magnitude <= 1e-14 * equity { return next }
      lowest = round < 28 ? next : min(lowest, next)
      settled = next
    }
    return lowest
  }

  func cost(_ trade: RebalanceTrade, _ units: Double, _ bar: Int) -> Double {
    let fillPrice = fillPrice(trade.symbol, units, trade.price, bar)
    return rules.commission.charge(units: units, price: fillPrice * trade.rate)
      + units * (fillPrice - trade.price) * trade.rate
  }

  private func turnoverFactor(_ settled: Double, _ equity: Double) -> Double {
    if run.rebalance.maxTurnover == .infinity { return 1 }
    let traded = trades.reduce(0) { $0 + $1.distance(settled).magnitude }
    let most = run.rebalance.maxTurnover * equity
    return traded > most ? most / traded : 1
  }

  /// Units of a trade, towards zero to whole lots; nothing for what is but rounding.
  private func size(
    _ trade: RebalanceTrade, _ settled: Double, _ factor: Double, _ equity: Double
  ) -> Double {
    if trade.closes && factor == 1 { return -trade.held }
    let value = factor * trade.distance(settled)
    if value.magnitude <= 1e-13 * equity { return 0 }
    return wholeLots(value / (trade.price * trade.rate))
  }

  func wholeLots(_ units: Double) -> Double {
    if rules.lot <= 0 { return units }
    let lots = units / rules.lot
    let nearest = lots.rounded()
    let isWhole = (lots - nearest).magnitude <= 1e-9 * max(1, nearest.magnitude)
    return (isWhole ? nearest : lots.rounded(.towardZero)) * rules.lot
  }

  private func isTooSmall(_ trade: RebalanceTrade) -> Bool {
    trade.opening != 0
      && trade.units.magnitude * trade.price * trade.rate < rules.minNotional
  }

  private func limitByVolume(_ ledger: inout Ledger, _ bar: Int) -> [Int] {
    if rules.maxVolumeShare == .infinity { return [] }
    var left: [Int] = []
    for (index, trade) in trades.enumerated() where trade.units != 0 {
      let volume = prices.volume(bar, trade.symbol)
      let most = volume > 0 ? rules.maxVolumeShare * volume : 0
      if trade.units.magnitude <= most { continue }
      trades[index].units = wholeLots(trade.units < 0 ? -most : most)
      if trades[index].units != 0 { ledger.summary.partialFills += 1 }
      left.append(trade.symbol)
    }
    return left
  }
}
