import Kernels
import Simulation

/// One lane by the rules, in plain numbers: the yardstick for the kernel, with which it shares no line.
struct NaiveSimulator {
  enum Intrabar: CaseIterable {
    case worst, best, openHighLowClose, openLowHighClose
  }

  struct Costs {
    var rate = 0.0
    var perUnit = 0.0
    var fixed = 0.0
    var minimum = 0.0
    var slippage = 0.0

    func commission(_ quantity: Double, _ price: Double) -> Double {
      max(minimum, rate * quantity * price + perUnit * quantity + fixed)
    }

    /// Most units whose price and commission a budget covers.
    func affordable(_ budget: Double, _ price: Double) -> Double {
      min((budget - fixed) / (price + rate * price + perUnit), (budget - minimum) / price)
    }
  }

  struct Fill {
    var bar: Int
    var cause: FillRecord.Cause
    var price: Double
    var fillPrice: Double
    var units: Double
    var commission: Double
  }

  struct Trade {
    var entryBar: Int
    var exitBar: Int
    var profit: Double
  }

  // The rules.
  var fill = FillMoment.nextOpen
  var costs = Costs()
  var intrabar = Intrabar.worst
  var maintenance = 1.3
  var terms = LaneTerms()
  /// Whether the run has stops, targets or shorts in any lane: then a bar needs an open to trade.
  var watchesLevels = false
  var initialCash = 1000.0

  // The ledger.
  private(set) var cash = 0.0
  private(set) var position: Position?
  private(set) var fills: [Fill] = []
  private(set) var trades: [Trade] = []
  private(set) var equity: [Double] = []
  private(set) var cashAfterBar: [Double] = []
  private(set) var unitsAfterBar: [Double] = []
  private(set) var ambiguous = 0
  private(set) var stale = 0
  private(set) var conflicts = 0
  private(set) var rejected = 0
  private(set) var isRuined = false
  private(set) var pending: Signals = []

  struct Position {
    var units: Double
    var entryPrice: Double
    var entryBar: Int
    var equityBefore: Double
    /// Most favourable price since the entry, as far as the trailing stop knows.
    var best: Double
    /// High at which a short is liquidated; infinity for a long.
    var liquidation: Double
    var isLong: Bool { units > 0 }
  }

  mutating func run(_ bars: Bars, _ signals: [Signals]) {
    cash = initialCash
    var mark = 0.0
    for bar in 0..<bars.count {
      let open = bars.open[bar]
      let close = bars.close[bar]
      let needsOpen = fill == .nextOpen || watchesLevels
      let trades = close > 0 && (!needsOpen || open > 0)
      if trades && fill == .nextOpen { execute(at: open, bar) }
      if trades && watchesLevels {
        let top = max(open, close)
        let bottom = min(open, close)
        let high = bars.high[bar] > top ? bars.high[bar] : top
        let low = bars.low[bar] < bottom ? bars.low[bar] : bottom
        followLevels(open, high, low, bar)
      }
      if trades && fill == .nextClose { execute(at: close, bar) }
      if fill == .sameClose {
        decide(signals[bar])
        if trades { execute(at: close, bar) }
      }
      if close.isNaN { stale += position == nil ? 0 : 1 } else { mark = close }
      settle(mark, bar)
      if fill != .sameClose { decide(signals[bar]) }
    }
  }

  private mutating func decide(_ signals: Signals) {
    guard !isRuined, pending.isEmpty else { return }
    if let position {
      let exit = position.isLong ? Signals.longExit : .shortExit
      pending = signals.intersection(exit)
      return
    }
    let entries = signals.intersection([.longEntry, .shortEntry])
    if entries == [.longEntry, .shortEntry] { conflicts += 1 } else { pending = entries }
  }

  private mutating func execute(at price: Double, _ bar: Int) {
    let order = pending
    pending = []
    if position == nil {
      if order == .longEntry { enter(1, price, bar) }
      if order == .shortEntry { enter(-1, price, bar) }
    } else if !order.isEmpty {
      leave(price, isLimit: false, .exit, bar)
    }
  }

  private mutating func enter(_ side: Double, _ price: Double, _ bar: Int) {
    let fillPrice = price + side * costs.slippage * price
    let quantity = costs.affordable(cash * terms.fraction, fillPrice)
    guard quantity > 0 else {
      rejected += 1
      fills.append(
        Fill(
          bar: bar, cause: .rejection, price: price, fillPrice: fillPrice, units: 0, commission: 0))
      return
    }
    let commission = costs.commission(quantity, fillPrice)
    let before = cash
    cash -= side * quantity * fillPrice + commission
    let liquidation = side > 0 ? .infinity : cash / (maintenance * quantity)
    position = Position(
      units: side * quantity, entryPrice: fillPrice, entryBar: bar, equityBefore: before,
      best: fillPrice, liquidation: liquidation)
    fills.append(
      Fill(
        bar: bar, cause: .entry, price: price, fillPrice: fillPrice, units: side * quantity,
        commission: commission))
  }

  private mutating func leave(
    _ price: Double, isLimit: Bool, _ cause: FillRecord.Cause, _ bar: Int
  ) {
    guard let held = position else { return }
    let worse = isLimit ? 0 : price * costs.slippage
    let fillPrice = held.isLong ? price - worse : price + worse
    let commission = costs.commission(held.units.magnitude, fillPrice)
    cash += held.units * fillPrice - commission
    position = nil
    trades.append(
      Trade(entryBar: held.entryBar, exitBar: bar, profit: cash - held.equityBefore))
    fills.append(
      Fill(
        bar: bar, cause: cause, price: price, fillPrice: fillPrice, units: -held.units,
        commission: commission))
    // An exit that waited has nothing left to close.
    if cause != .exit { pending = [] }
  }

  private mutating func followLevels(_ open: Double, _ high: Double, _ low: Double, _ bar: Int) {
    guard let held = position else { return }
    let side = held.isLong ? 1.0 : -1.0
    let favourable = held.isLong ? high : low
    let adverse = held.isLong ? low : high
    let target = held.entryPrice * (1 + side * terms.takeProfit)
    func stop(_ best: Double) -> Double? {
      let fixed = held.entryPrice * (1 - side * terms.stopLoss)
      let trailing = best * (1 - side * terms.trailingStop)
      let level = held.isLong ? max(fixed, trailing) : min(fixed, trailing)
      return level.isFinite && level < held.liquidation ? level : nil
    }
    func falls(_ price: Double, to level: Double?) -> Bool {
      level.map { side * (price - $0) <= 0 } ?? false
    }
    func passes(_ price: Double) -> Bool { target.isFinite && side * (price - target) > 0 }

    if falls(open, to: stop(held.best)) { return leave(open, isLimit: false, .stop, bar) }
    if passes(open) { return leave(open, isLimit: true, .target, bar) }
    if high >= held.liquidation { return leave(high, isLimit: false, .liquidation, bar) }
    let favourableFirst =
      switch intrabar {
      case .worst: false
      case .best: true
      case .openHighLowClose: held.isLong
      case .openLowHighClose: !held.isLong
      }
    let best = held.isLong ? max(held.best, favourable) : min(held.best, favourable)
    let pathIsKnown = intrabar == .openHighLowClose || intrabar == .openLowHighClose
    let level = stop(favourableFirst && pathIsKnown ? best : held.best)
    let isStopped = falls(adverse, to: level)
    let isReached = passes(favourable)
    if isStopped && isReached { ambiguous += 1 }
    if isReached && (favourableFirst || !isStopped) {
      leave(target, isLimit: true, .target, bar)
    } else if isStopped, let level {
      leave(level, isLimit: false, .stop, bar)
    } else {
      position?.best = best
    }
  }

  private mutating func settle(_ mark: Double, _ bar: Int) {
    let units = position?.units ?? 0
    let now = isRuined ? equity[bar - 1] : cash + units * mark
    if now <= 0 && !isRuined {
      isRuined = true
      if let held = position {
        trades.append(
          Trade(entryBar: held.entryBar, exitBar: bar, profit: now - held.equityBefore))
      }
      position = nil
      pending = []
    }
    equity.append(now)
    cashAfterBar.append(isRuined ? now : cash)
    unitsAfterBar.append(position?.units ?? 0)
  }
}
