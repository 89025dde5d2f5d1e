import Market
import Metrics
import Simulation

/// Orders that are handed in at the closes of given bars.
struct ScheduledOrders: Strategy {
  let orders: [Int: [Order]]
  var warmupBars: Int { 0 }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    for order in orders[view.bar] ?? [] { desk.submit(order) }
  }
}

/// An account under the rule book, small enough to work out by hand.
struct Scripted {
  var symbols: [Bars]
  var orders: [Int: [Order]]
  var rules = ExecutionRules()
  var cash = 1000.0

  /// Rows of open, high, low, close of one symbol, and the orders of each bar.
  init(_ rows: [[Double]], _ orders: [Int: [Order]]) {
    symbols = [Bars(rows)]
    self.orders = orders
  }

  /// Rows of several symbols.
  init(symbols: [[[Double]]], _ orders: [Int: [Order]]) {
    self.symbols = symbols.map { Bars($0) }
    self.orders = orders
  }

  var run: AccountRun {
    AccountRun(
      panel: makePanel(symbols), symbols: Array(symbols.indices), rules: rules, cash: cash,
      window: 0..<symbols[0].count)
  }

  func record() -> LaneRecord {
    StrategyEngine(run: run, strategy: ScheduledOrders(orders: orders)).record()
  }

  /// Fills as text: bar, units and price after slippage; the symbol where there are several.
  func fills() -> [String] {
    record().fills.map { fill in
      let name = symbols.count > 1 ? " of S\(fill.symbol)" : ""
      return "\(fill.bar): \(fill.units)\(name) at \(fill.fillPrice)"
    }
  }

  /// What became of each order, as text: status, and the reason if there is one.
  func fates() -> [String] {
    record().orders.map { $0.status.rawValue + ($0.reason.isEmpty ? "" : ", \($0.reason)") }
  }
}

/// A trader without a plan: random orders of every kind on every symbol.
///
/// What it does at a bar follows from the seed, the symbol's name and the bar, so that the order of symbols has no part in it.
struct RandomTrader: Strategy {
  /// What it may do.
  struct Habits {
    /// Probability of an order at each bar and symbol.
    var activity = 0.3
    /// Whether it only uses market orders.
    var isPlain = false
    /// Whether it buys, and whether it sells short.
    var isLong = true, isShort = true
    /// Most of equity that a position is for.
    var fraction = 1.0
    /// Money that orders are for, instead of a fraction of equity.
    var notional = 0.0
  }

  let seed: Int
  let habits: Habits
  private var names: [Int] = []
  var warmupBars: Int { 0 }

  init(seed: Int, _ habits: Habits = Habits()) {
    self.seed = seed
    self.habits = habits
  }

  mutating func begin(_ listing: Listing) {
    // `S3` is 3.
    names = listing.symbols.map { Int($0.dropFirst()) ?? 0 }
  }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    for symbol in 0..<view.symbolCount {
      var random = SeededGenerator(seed: seed &* 1_000_003 &+ names[symbol] &* 7919 &+ view.bar)
      _ = random.next()
      let close = view.close(symbol)
      guard close > 0, random.chance(habits.activity) else { continue }
      trade(symbol, close, view.units(symbol), &desk, &random)
    }
  }

  private func trade(
    _ symbol: Int, _ close: Double, _ units: Double, _ desk: inout OrderDesk,
    _ random: inout SeededGenerator
  ) {
    if units != 0, random.chance(0.5) {
      desk.cancelAll(symbol: symbol)
      desk.close(symbol: symbol)
      return
    }
    let side = habits.isLong && (!habits.isShort || random.chance(0.5)) ? 1.0 : -1.0
    let weight = side * habits.fraction * random.uniform(0.1, 1)
    let quantity =
      habits.notional > 0
      ? Order.Quantity.notional(weight * habits.notional) : .targetWeight(weight)
    if habits.isPlain {
      let kind = random.pick([Order.Kind.market, .onOpen, .onClose])
      desk.submit(Order(quantity, symbol: symbol, kind))
      return
    }
    let near = close * (1 - side * random.uniform(0, 0.03))
    let far = close * (1 + side * random.uniform(0, 0.03))
    let kind = random.pick([
      Order.Kind.market, .onOpen, .onClose, .limit(near), .stop(far),
      .stopLimit(stop: far, limit: far * (1 + side * 0.01)),
    ])
    let time = random.pick([Order.TimeInForce.gtc, .day, .ioc])
    let entry = Order(quantity, symbol: symbol, kind, timeInForce: time)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: desk.submit(entry)
    case 1: desk.bracket(entry, isLong: side > 0, stopFraction: 0.03, targetFraction: 0.04)
    case 2: desk.bracket(entry, isLong: side > 0, trailingFraction: random.uniform(0.01, 0.05))
    default:
      desk.oneCancelsOther([
        entry, Order(.targetUnits(0), symbol: symbol, .stop(near * (1 - side * 0.01))),
      ])
    }
  }
}
