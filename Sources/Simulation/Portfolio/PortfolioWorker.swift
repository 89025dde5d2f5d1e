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
  private let proportional: ProportionalCost?
  private let paysByOrder: Bool
  private let rules: ExecutionRules

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

  private func cost(_ trade: RebalanceTrade, _ units: Double, _ bar: Int) -> Double {
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

  private func wholeLots(_ units: Double) -> Double {
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

  // MARK: Fills

  /// Sells what is held long, then covers what is held short: it needs no margin and brings cash.
  private func reduce(_ ledger: inout Ledger, _ bar: Int) {
    for sells in [true, false] {
      for trade in trades where (trade.units < 0) == sells && trade.closing != 0 {
        fill(&ledger, trade, trade.closing, bar)
      }
    }
  }

  /// Opens shorts, then buys, all made smaller by one factor if cash and margin don't allow them.
  ///
  /// - Returns: the factor; 1 up to rounding of the equity.
  private func open(_ ledger: inout Ledger, _ bar: Int, _ equity: Double) -> Double {
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

  private func commission(_ trade: RebalanceTrade, _ units: Double, _ fillPrice: Double) -> Double {
    trade.commission.isNaN
      ? rules.commission.charge(units: units, price: fillPrice * trade.rate)
      : trade.commission * (units / trade.wanted)
  }

  private func fillPrice(_ symbol: Int, _ units: Double, _ price: Double, _ bar: Int) -> Double {
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

  // MARK: Records

  private func log(
    _ ledger: inout Ledger, _ trade: RebalanceTrade, _ decided: Int,
    _ status: LaneRecord.Order.Status, _ bar: Int, _ reason: String
  ) {
    if ledger.record == nil { return }
    let opens = trade.held == 0 || (trade.held < 0) == (trade.wanted < 0)
    let turns = trade.wanted.magnitude > trade.held.magnitude
    let kind: LaneRecord.Order.Kind =
      !opens && !turns ? .exit : trade.wanted > 0 ? .enterLong : .enterShort
    var order = LaneRecord.Order(bar: decided, kind: kind, status: status, settledBar: bar)
    order.symbol = trade.symbol
    order.units = trade.wanted
    order.filledUnits = status == .filled ? trade.units : 0
    order.reason = reason
    ledger.record?.orders.append(order)
  }

  /// Records a weight that the account can't have.
  func reject(_ ledger: inout Ledger, _ symbol: Int, _ bar: Int) {
    append(&ledger, symbol, bar, .enterShort, .rejected, bar, "shorts are not allowed")
  }

  /// Records symbols that did not trade before the next decision.
  func drop(_ ledger: inout Ledger, _ symbols: [Int], since bar: Int) {
    ledger.summary.cancelledOrders += symbols.count
    for symbol in symbols {
      append(&ledger, symbol, bar, nil, .cancelled, nil, "replaced by the next rebalance")
    }
  }

  /// Records symbols that still wait after the last bar.
  func leaveOpen(_ ledger: inout Ledger, _ symbols: [Int], since bar: Int) {
    for symbol in symbols { append(&ledger, symbol, bar, nil, .open, nil, "") }
  }

  private func append(
    _ ledger: inout Ledger, _ symbol: Int, _ bar: Int, _ kind: LaneRecord.Order.Kind?,
    _ status: LaneRecord.Order.Status, _ settled: Int?, _ reason: String
  ) {
    if ledger.record == nil { return }
    let isHeld = ledger.units(symbol) != 0
    var order = LaneRecord.Order(
      bar: bar, kind: kind ?? (isHeld ? .exit : .enterLong), status: status, settledBar: settled)
    order.symbol = symbol
    order.filledUnits = 0
    order.reason = reason
    ledger.record?.orders.append(order)
  }
}

extension RebalanceTrade {
  /// Units that reduce what is held, signed.
  var closing: Double {
    if held == 0 || (units < 0) == (held < 0) { return 0 }
    return units.magnitude <= held.magnitude ? units : -held
  }
  /// Units that open or add, signed.
  var opening: Double { units - closing }
}
