import Kernels
import Metrics

/// One account with shared cash on its way through the bars, and the weights that it is moving towards.
struct PortfolioLane {
  let set: Int
  /// Bar from which it has weights.
  let firstWarmBar: Int
  var ledger: Ledger
  /// `[N]` weights of the last decision; those of active symbols count.
  private var targets: [Double]
  /// Symbols that are still to be moved, ascending.
  private var active: [Int] = []
  /// Fills until the targets are reached, this decision's first included; 0 when what is left only waits to trade.
  private var stepsLeft = 0
  /// Whether the weights were scaled to what leverage and collateral allow.
  private var isScaled = false
  private var decisionBar = 0

  init(set: Int, run: PortfolioRun, actions: LedgerActions, keepsRecord: Bool) {
    self.set = set
    firstWarmBar = run.firstWarmBar(of: set)
    ledger = Ledger(
      symbolCount: run.symbols.count, cash: run.cash, rules: run.rules, flows: run.flows,
      actions: actions, minimumAcceptablePerBar: run.perBar(run.minimumAcceptable),
      keepsReturns: run.keepsReturns, keepsRecord: keepsRecord)
    targets = Array(repeating: .nan, count: run.symbols.count)
  }

  /// Takes the account through a bar, and decides at its close if told to.
  mutating func advance(_ bar: Int, decides: Bool, _ worker: PortfolioWorker) {
    let prices = worker.prices
    ledger.beginBar(bar, elapsedNs: worker.elapsedNs(bar))
    if !ledger.isRuined {
      let moment = worker.run.rules.fill
      if moment == .nextOpen && !active.isEmpty { fill(bar, worker) }
      if ledger.watchesMargin { liquidate(bar, worker) }
      if moment == .sameClose && decides {
        mark(prices.closes(bar), prices.closingRates(bar))
        decide(bar, worker)
      }
      if moment != .nextOpen && !active.isEmpty { fill(bar, worker) }
    }
    let rates = prices.closingRates(bar)
    ledger.endBar(bar, closes: prices.closes(bar), rates: rates)
    if rates != nil {
      let closes = prices.closes(bar)
      for symbol in ledger.held where !closes[symbol].isNaN && prices.hasStaleRate(bar, symbol) {
        ledger.summary.staleMarks += 1
      }
    }
    if worker.run.rules.fill != .sameClose && decides && !ledger.isRuined {
      decide(bar, worker)
    }
  }

  private mutating func mark(
    _ values: UnsafePointer<Double>, _ rates: UnsafePointer<Double>?
  ) {
    for symbol in ledger.held {
      if let rates { ledger.setRate(rates[symbol], of: symbol) }
      ledger.setMark(values[symbol], of: symbol)
    }
  }

  /// Looks at the weights after a close, and turns to them if they are far enough.
  private mutating func decide(_ bar: Int, _ worker: PortfolioWorker) {
    let run = worker.run
    let equity = ledger.currentEquity
    guard bar >= firstWarmBar, equity > 0 else { return }
    // A move that is under way isn't judged by where it is.
    if run.rebalance.drift > 0 && stepsLeft > 0 { return }
    let weights = worker.weights(of: set, at: bar)
    // Only what has a weight or is held is looked at: positions of all symbols would not fit the caches of many lanes.
    if run.rebalance.missing == .close {
      for symbol in ledger.held where !weights[symbol].isFinite { weights[symbol] = 0 }
    }
    var (long, short) = (0.0, 0.0)
    worker.wanted.removeAll(keepingCapacity: true)
    for symbol in 0..<targets.count where weights[symbol] != 0 {
      var weight = weights[symbol]
      if !weight.isFinite || ledger.hasEnded(symbol) { continue }
      if weight < 0 && !run.rules.allowsShort {
        ledger.summary.rejectedOrders += 1
        worker.reject(&ledger, symbol, bar)
        weight = 0
        weights[symbol] = 0
        if ledger.units(symbol) == 0 { continue }
      }
      if weight > 0 { long += weight } else { short -= weight }
      worker.wanted.append(symbol)
    }
    // What is held and shall go.
    let kept = worker.wanted.count
    for symbol in ledger.held where weights[symbol] == 0 && !worker.wanted.contains(symbol) {
      worker.wanted.append(symbol)
    }
    if worker.wanted.count > kept { worker.wanted.sort() }
    // What the account must keep for each part of its equity: all of a long without leverage, and collateral of shorts.
    let need = long / run.rules.leverage + (run.rules.initialMargin - 1) * short
    let scale = need > 1 + 1e-12 ? 1 / need : 1
    let isOff =
      run.rebalance.drift == 0
      || worker.wanted.contains { symbol in
        let distance = weights[symbol] * scale - ledger.value(symbol) / equity
        return distance.magnitude > run.rebalance.drift
      }
    if !isOff { return }
    if stepsLeft == 0 || stepsLeft == run.rebalance.gradualBars {
      worker.drop(&ledger, active, since: decisionBar)
    }
    active.removeAll(keepingCapacity: true)
    for symbol in worker.wanted {
      targets[symbol] = weights[symbol] * scale
      active.append(symbol)
    }
    isScaled = scale != 1
    decisionBar = bar
    stepsLeft = max(1, run.rebalance.gradualBars)
  }

  /// Moves the account towards its targets, as far as this bar goes.
  private mutating func fill(_ bar: Int, _ worker: PortfolioWorker) {
    let prices = worker.prices
    let (fills, closes) = (prices.fills(bar), prices.closes(bar))
    let rates = prices.fillRates(bar)
    for symbol in ledger.held where Self.trades(symbol, fills, closes) {
      if let rates { ledger.setRate(rates[symbol], of: symbol) }
      ledger.setMark(fills[symbol], of: symbol)
    }
    let equity = ledger.currentEquity
    if equity <= 0 { return }
    let rebalance = worker.run.rebalance
    worker.trades.removeAll(keepingCapacity: true)
    var waiting: [Int] = []
    var anyTrades = false
    for symbol in active where !ledger.hasEnded(symbol) {
      let rate = rates?[symbol] ?? 1
      guard Self.trades(symbol, fills, closes), PortfolioPrices.isPrice(rate) else {
        waiting.append(symbol)
        continue
      }
      anyTrades = true
      let weight = ledger.value(symbol) / equity
      let distance = targets[symbol] - weight
      // A position that shall go is no matter of bands.
      if rebalance.band > 0 && targets[symbol] != 0 && distance.magnitude <= rebalance.band {
        continue
      }
      let isLast = stepsLeft <= 1
      if rates != nil { ledger.setRate(rate, of: symbol) }
      worker.trades.append(
        RebalanceTrade(
          symbol: symbol, price: fills[symbol], rate: rate, held: ledger.units(symbol),
          heldValue: ledger.value(symbol),
          weight: isLast ? targets[symbol] : weight + distance / Double(stepsLeft),
          closes: isLast && targets[symbol] == 0))
    }
    // A day on which nothing trades is none of the move's.
    if !anyTrades { return }
    let isFirst = stepsLeft == max(1, rebalance.gradualBars)
    if isFirst && !worker.trades.isEmpty { ledger.summary.rebalances += 1 }
    let left = worker.trade(
      &ledger, equity: equity, bar: bar, decided: decisionBar, isScaled: isScaled)
    if stepsLeft == 1 {
      let after = ledger.currentEquity
      if after > 0 { ledger.summary.sumResidualCash += ledger.cash / after }
    }
    if stepsLeft > 0 { stepsLeft -= 1 }
    if stepsLeft == 0 { active = Self.merge(waiting, left) }
  }

  private static func trades(
    _ symbol: Int, _ fills: UnsafePointer<Double>, _ closes: UnsafePointer<Double>
  ) -> Bool { PortfolioPrices.isPrice(fills[symbol]) && PortfolioPrices.isPrice(closes[symbol]) }

  private static func merge(_ first: [Int], _ second: [Int]) -> [Int] {
    second.isEmpty ? first : (first + second).sorted()
  }

  /// Closes positions, the one with the largest loss first, until collateral lasts at the adverse extremes of a bar.
  private mutating func liquidate(_ bar: Int, _ worker: PortfolioWorker) {
    let (lows, highs) = (worker.prices.lows(bar), worker.prices.highs(bar))
    while let (symbol, price) = ledger.nextLiquidation(lows: lows, highs: highs) {
      worker.fill(
        &ledger, symbol: symbol, units: -ledger.units(symbol), price: price, bar: bar,
        cause: .liquidation)
      ledger.summary.liquidations += 1
      active.removeAll { $0 == symbol }
    }
  }

  /// Writes what is known after the last bar.
  func summary(_ run: PortfolioRun) -> LaneSummary {
    var summary = run.emptySummary(of: set)
    ledger.complete(&summary)
    return summary
  }

  /// The record after the last bar; what still waits is an open order.
  mutating func record(_ run: PortfolioRun, _ worker: PortfolioWorker) -> LaneRecord {
    worker.leaveOpen(&ledger, active, since: decisionBar)
    return ledger.finishedRecord(run.emptySummary(of: set))
  }
}
