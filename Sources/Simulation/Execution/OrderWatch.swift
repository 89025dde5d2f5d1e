import Kernels

/// What a bar has to reach before anything happens to the orders that wait.
///
/// It is worked out once after each change of orders or positions, so that a bar in which nothing happens costs two comparisons
/// a symbol. It may ask for more care than is needed, never for less.
struct OrderWatch: ~Copyable {
  /// Whether it still tells of the orders as they are.
  var isKnown = false
  /// Whether some order asks for every bar.
  private(set) var isBusy = false
  /// Whether a trailing stop moves with every bar.
  private(set) var trails = false
  /// First bar at whose end an order expires.
  private(set) var expiry = Int.max
  /// Symbols with live orders.
  private(set) var symbols: [Int] = []
  /// Least high, and greatest low, at which an order of each symbol may act.
  private let upper, lower: AlignedBuffer<Double>

  init(symbolCount: Int) {
    upper = AlignedBuffer(repeating: .infinity, count: symbolCount)
    lower = AlignedBuffer(repeating: -.infinity, count: symbolCount)
    symbols.reserveCapacity(16)
  }

  @inline(__always)
  func isReached(_ symbol: Int, high: Double, low: Double) -> Bool {
    high >= upper.base[symbol] || low <= lower.base[symbol]
  }

  /// Forgets everything.
  mutating func begin() {
    for symbol in symbols {
      upper.base[symbol] = .infinity
      lower.base[symbol] = -.infinity
    }
    symbols.removeAll(keepingCapacity: true)
    isKnown = true
    isBusy = false
    trails = false
    expiry = .max
  }

  /// Takes an order that has not ended; false once every bar needs care.
  ///
  /// - Parameter side: 1 for one that buys, -1 for one that sells, 0 for one that has nothing to do.
  @inline(__always)
  mutating func add(_ order: borrowing WorkingOrder, side: Double, _ rule: Intrabar) -> Bool {
    if order.lastBar < expiry { expiry = order.lastBar }
    if order.state == .dormant { return true }
    let symbol = order.order.symbol
    if order.trails {
      trails = true
      isBusy = rule == .highFirst || rule == .lowFirst || rule == .finer
    }
    if order.wantsEveryBar { isBusy = true }
    if isBusy { return false }
    if upper.base[symbol] == .infinity && lower.base[symbol] == -.infinity {
      symbols.append(symbol)
    }
    let price = order.stop.isNaN ? order.limit : order.stop
    // A stop lies where the price goes against its side, a limit where it comes towards it.
    if (side > 0) == order.stop.isNaN {
      if price > lower.base[symbol] { lower.base[symbol] = price }
    } else if price < upper.base[symbol] {
      upper.base[symbol] = price
    }
    return true
  }
}

extension WorkingOrder {
  /// Whether two prices can't tell when it acts.
  fileprivate var wantsEveryBar: Bool {
    isMarket || isImmediate || sideMoves || stop.isNaN && limit.isNaN
  }

  /// Whether prices or equity decide if it buys or sells.
  private var sideMoves: Bool {
    if !rest.isNaN { return false }
    switch order.quantity {
    case .targetWeight, .targetUnits: return true
    case .units, .close, .notional, .fractionOfEquity, .risk, .riskFraction: return false
    }
  }
}

extension Broker {
  /// Whether the bar reaches neither an order nor the end of a position's collateral; moves trailing stops if so.
  mutating func isQuiet() -> Bool {
    if !watch.isKnown { look() }
    if watch.isBusy { return false }
    for symbol in watch.symbols {
      load(symbol)
      if watch.isReached(symbol, high: highs.base[symbol], low: lows.base[symbol]) { return false }
    }
    if ledger.watchesMargin {
      for symbol in ledger.held { load(symbol) }
      if nextLiquidation() != nil { return false }
    }
    if watch.trails {
      for symbol in watch.symbols where trades(symbol) {
        trail(symbol, high: highs.base[symbol], low: lows.base[symbol])
      }
      watch.isKnown = false
    }
    return true
  }

  /// Works out what the next bars are watched for.
  @inline(never)
  private mutating func look() {
    watch.begin()
    for place in orders.indices where orders[place].state != .ended {
      let side = side(orders[place], price: 1)
      if !watch.add(orders[place], side: side, rules.intrabar) { return }
    }
  }
}
