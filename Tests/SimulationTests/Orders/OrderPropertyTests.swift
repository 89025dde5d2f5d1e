import Kernels
import Market
import Metrics
import Simulation
import Testing

/// A strategy that hands in random orders of every type; what it does at a bar follows from the seed, the bar and what it sees.
private struct RandomOrders: Strategy {
  let seed: Int
  let symbolCount: Int
  /// Names of the symbols, by which random numbers are told apart.
  let names: [Int]
  var chance = 0.3
  /// Only one kind of order, by number.
  var only: Int?
  var allowsShort = true
  var cash = 1000.0
  var warmupBars: Int { 0 }

  static let kinds = 12

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    // In the order of names, so that the order of symbols plays no part.
    for name in 0..<symbolCount {
      guard let symbol = names.firstIndex(of: name) else { continue }
      var random = SeededGenerator(seed: seed &* 1_000_003 &+ view.bar &* 64 &+ name)
      guard random.chance(chance) else { continue }
      let price = view.lastClose(symbol)
      if price.isNaN { continue }
      order(random.pick(Array(0..<Self.kinds)), symbol, price, view, &desk, &random)
    }
  }

  private func order(
    _ drawn: Int, _ symbol: Int, _ price: Double, _ view: borrowing BarView,
    _ desk: inout OrderDesk, _ random: inout SeededGenerator
  ) {
    let side = allowsShort && random.chance(0.5) ? -1.0 : 1.0
    let units = side * random.uniform(0.05, 0.4) * cash / price
    let away = random.uniform(-0.05, 0.05)
    let time = random.pick([
      Order.TimeInForce.gtc, .day, .ioc, .fok, .bars(3), .gtd(bar: view.bar + 5),
    ])
    func give(_ kind: Order.Kind, _ quantity: Order.Quantity? = nil) {
      desk.submit(Order(quantity ?? .units(units), symbol: symbol, kind, timeInForce: time))
    }
    switch only ?? drawn {
    case 0: give(.market)
    case 1: give(.limit(price * (1 + away)))
    case 2: give(.stop(price * (1 + away)))
    case 3: give(.stopLimit(stop: price * (1 + away), limit: price * (1 + away / 2)))
    case 4: give(.trailingStop(.fraction(away.magnitude + 0.001)))
    case 5: give(.trailingStop(.amount(price * (away.magnitude + 0.001))))
    case 6: give(.onOpen)
    case 7: give(.onClose)
    case 8:
      desk.bracket(
        Order(.units(units), symbol: symbol), isLong: side > 0, stopFraction: 0.02,
        targetFraction: 0.03, trailingFraction: random.chance(0.5) ? 0.025 : nil)
    case 9:
      desk.bracket(
        Order(.units(units), symbol: symbol, .limit(price * (1 + away))), isLong: side > 0,
        stopFraction: 0.03, targetFraction: 0.02)
    case 10:
      desk.oneCancelsOther([
        Order(.units(units), symbol: symbol, .limit(price * 0.98)),
        Order(.units(units), symbol: symbol, .stop(price * 1.02)),
      ])
    default:
      if random.chance(0.3) { desk.cancelAll(symbol: symbol) }
      desk.target(weight: side * random.uniform(0, 0.4), symbol: symbol)
    }
  }
}

/// What holds for any orders on any market, with the seed of a failure printed.
@Suite struct OrderPropertyTests {
  private static func rules(_ random: inout SeededGenerator) -> ExecutionRules {
    var rules = ExecutionRules()
    rules.fill = random.pick([.nextOpen, .nextClose, .sameClose])
    rules.intrabar = random.pick([.worst, .best, .highFirst, .lowFirst])
    rules.limitTouch = random.chance(0.3)
    rules.lot = random.pick([0, 0, 0.01, 1])
    rules.commission.rate = random.pick([0, 0.001])
    rules.commission.minimum = random.pick([0, 1])
    rules.slippage.rate = random.pick([0, 0.0005])
    rules.leverage = random.pick([1, 1, 2])
    return rules
  }

  private static func market(_ random: inout SeededGenerator, symbols: Int, bars: Int) -> [Bars] {
    let weather = Weather(volatility: random.pick([0.01, 0.03]), gaps: 0.3, holes: 0.03)
    return (0..<symbols).map { _ in Bars.random(bars, weather, &random) }
  }

  private static func record(
    _ markets: [Bars], _ rules: ExecutionRules, _ strategy: RandomOrders, order: [Int]? = nil,
    bars: Int? = nil
  ) -> LaneRecord {
    let symbols = order ?? Array(markets.indices)
    var run = AccountRun(
      panel: makePanel(markets), symbols: symbols, rules: rules, cash: 1000,
      window: 0..<(bars ?? markets[0].count))
    run.riskFree = 0
    return StrategyEngine(run: run, strategy: strategy).record()
  }

  @Test(arguments: batches(of: 50, in: 0..<300))
  func everyFillLiesWithinItsBar(seeds: Range<Int>) {
    var count = 0
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      let markets = Self.market(&random, symbols: 3, bars: 120)
      let rules = Self.rules(&random)
      let names = [0, 1, 2]
      let record = Self.record(
        markets, rules, RandomOrders(seed: seed, symbolCount: 3, names: names))
      for fill in record.fills where fill.cause != .rejection {
        let bars = markets[fill.symbol]
        let (open, close) = (bars.open[fill.bar], bars.close[fill.bar])
        let high = max(bars.high[fill.bar].isNaN ? open : bars.high[fill.bar], open, close)
        let low = min(bars.low[fill.bar].isNaN ? open : bars.low[fill.bar], open, close)
        #expect(open > 0 && close > 0, "seed \(seed): a fill on bar \(fill.bar) without prices")
        #expect(
          fill.price >= low && fill.price <= high, "seed \(seed), bar \(fill.bar), \(fill.cause)")
        count += 1
      }
      // Fills are newer than their orders.
      for order in record.orders {
        if let settled = order.settledBar, order.status == .filled, rules.fill != .sameClose {
          #expect(settled > order.bar, "seed \(seed)")
        }
      }
    }
    #expect(count > 1000)
  }

  @Test(arguments: batches(of: 50, in: 300..<500))
  func cashIsConserved(seeds: Range<Int>) {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      let markets = Self.market(&random, symbols: 3, bars: 120)
      let rules = Self.rules(&random)
      let record = Self.record(
        markets, rules, RandomOrders(seed: seed, symbolCount: 3, names: [0, 1, 2]))
      var cash = 1000.0
      for fill in record.fills {
        cash -= fill.units * fill.fillPrice + fill.commission
        #expect((cash - fill.cashAfter).magnitude < 1e-8, "seed \(seed), bar \(fill.bar)")
        if rules.leverage == 1, fill.units > 0, fill.cause == .entry {
          #expect(fill.cashAfter >= -1e-9, "seed \(seed): cash below zero")
        }
      }
      let profit = record.trades.reduce(0) { $0 + $1.profit }
      if record.summary.isRuined { continue }
      #expect((profit - (record.summary.finalEquity - 1000)).magnitude < 1e-8, "seed \(seed)")
    }
  }

  /// With interest, borrow, flows, splits and dividends too.
  @Test(arguments: batches(of: 50, in: 1000..<1100))
  func theBooksAddUpAfterEachBar(seeds: Range<Int>) throws {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      let markets = Self.market(&random, symbols: 3, bars: 120)
      var run = AccountRun(
        panel: makePanel(markets), symbols: [0, 1, 2], rules: Self.rules(&random), cash: 1000,
        window: 0..<120)
      run.rules.financing.borrowRate = 0.03
      run.rules.financing.cashRate = 0.02
      run.rules.financing.marginRate = 0.05
      run.flows = [CashFlow(bar: 30, amount: 200), CashFlow(bar: 60, amount: -100)]
      run.actions = LedgerActions([
        .init(bar: 20, symbol: 0, event: .dividend(0.5)),
        .init(bar: 40, symbol: 1, event: .split(ActionScale(ratio: 2))),
        .init(bar: 50, symbol: 2, event: .split(ActionScale(ratio: 0.1))),
        .init(bar: 90, symbol: 2, event: .end(.nan)),
      ])
      let strategy = RandomOrders(seed: seed, symbolCount: 3, names: [0, 1, 2])
      #expect(throws: Never.self, "seed \(seed)") {
        _ = try StrategyEngine(run: run, strategy: strategy).audit()
      }
    }
  }

  @Test(arguments: batches(of: 50, in: 500..<600))
  func permutingSymbolsPermutesResults(seeds: Range<Int>) {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      let markets = Self.market(&random, symbols: 4, bars: 100)
      let rules = Self.rules(&random)
      let first = Self.record(
        markets, rules, RandomOrders(seed: seed, symbolCount: 4, names: [0, 1, 2, 3]))
      let order = [2, 0, 3, 1]
      let second = Self.record(
        markets, rules, RandomOrders(seed: seed, symbolCount: 4, names: order), order: order)
      // Sums over positions run in another order.
      #expect(first.fills.count == second.fills.count, "seed \(seed)")
      for (ours, theirs) in zip(first.fills, second.fills) {
        #expect(order[theirs.symbol] == ours.symbol && ours.bar == theirs.bar, "seed \(seed)")
        #expect(
          (ours.units - theirs.units).magnitude <= 1e-9 * ours.units.magnitude, "seed \(seed)")
      }
      for (ours, theirs) in zip(first.equity, second.equity) {
        #expect((ours - theirs).magnitude <= 1e-9 * ours.magnitude, "seed \(seed)")
      }
    }
  }

  /// Whatever the orders, a fair market without costs pays nothing; entries by limit or stop inside bars included.
  ///
  /// A walk of many small steps a bar, cut into bars; the path rules see the extremes in an order that need not be the walk's,
  /// so only the finer panel, which has every step, is fair to orders inside bars.
  @Test(arguments: [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11])
  func randomOrdersEarnNothingOnAMartingale(kind: Int) {
    var profits: [Double] = []
    for seed in 0..<150 {
      var random = SeededGenerator(seed: 9_000 + seed)
      let (bars, finer) = Self.fairMarket(&random, bars: 60, steps: 24)
      var rules = ExecutionRules()
      rules.intrabar = .finer
      rules.limitTouch = true
      rules.maintenanceMargin = 1
      var run = AccountRun(
        panel: orderPanel([bars]), symbols: [0], rules: rules, cash: 1000, window: 0..<60)
      run.finer = finer
      var strategy = RandomOrders(seed: seed, symbolCount: 1, names: [0])
      strategy.only = kind
      let record = StrategyEngine(run: run, strategy: strategy).record()
      profits.append(record.summary.finalEquity - 1000)
    }
    let count = Double(profits.count)
    let mean = profits.reduce(0, +) / count
    let variance = profits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let error = (variance / count).squareRoot()
    #expect(error > 0 && mean.magnitude < 4 * error, "kind \(kind): \(mean) ± \(error)")
  }

  /// Steps of ±0.1, so that levels are touched exactly or not at all.
  private static func fairMarket(
    _ random: inout SeededGenerator, bars: Int, steps: Int
  ) -> ([[Double]], PricePanel) {
    var price = 1000
    var rows: [[Double]] = []
    var parts: [[Double]] = []
    for _ in 0..<bars {
      var (high, low) = (price, price)
      let open = price
      for _ in 0..<steps {
        let before = price
        price += random.chance(0.5) ? 1 : -1
        high = max(high, price)
        low = min(low, price)
        parts.append(
          [before, max(before, price), min(before, price), price].map { Double($0) / 10 })
      }
      rows.append([open, high, low, price].map { Double($0) / 10 })
    }
    let panel = orderPanel([parts], frequencyNs: Calendar.dayNs / Int64(steps))
    return (rows, panel)
  }

  @Test(arguments: Array(0..<12))
  func noPastOrderMovesWhenTheFutureIsPoisoned(kind: Int) {
    for seed in 0..<12 {
      var random = SeededGenerator(seed: 700 + seed)
      let markets = Self.market(&random, symbols: 2, bars: 80)
      let rules = Self.rules(&random)
      var strategy = RandomOrders(seed: seed, symbolCount: 2, names: [0, 1])
      strategy.only = kind
      let whole = Self.record(markets, rules, strategy)
      let end = Int.random(in: 5..<75, using: &random)
      var poisoned = markets
      for symbol in poisoned.indices {
        for bar in end..<80 {
          let wild = random.pick([Double.nan, 1e6, 1e-3])
          poisoned[symbol].set(bar, (wild, wild, wild, wild))
        }
      }
      let other = Self.record(poisoned, rules, strategy)
      let prefix = Self.record(markets, rules, strategy, bars: end)
      func past(_ record: LaneRecord) -> ([FillRecord], [LaneRecord.Order], [UInt64]) {
        let orders = record.orders.filter { $0.bar < end }.map { order in
          // What became of it later is not known yet.
          var order = order
          if (order.settledBar ?? end) >= end { order.settledBar = nil }
          order.status = .open
          order.reason = ""
          order.filledUnits = 0
          order.limit = 0
          order.stop = 0
          return order
        }
        return (
          record.fills.filter { $0.bar < end }, orders,
          record.equity.prefix(end).map(\.bitPattern)
        )
      }
      for changed in [other, prefix] {
        let (fills, orders, equity) = past(whole)
        let (theirFills, theirOrders, theirEquity) = past(changed)
        #expect(fills == theirFills, "kind \(kind), seed \(seed), until \(end)")
        #expect(equity == theirEquity, "kind \(kind), seed \(seed), until \(end)")
        #expect(orders.count == theirOrders.count, "kind \(kind), seed \(seed), until \(end)")
        for (ours, theirs) in zip(orders, theirOrders) {
          #expect(ours.kind == theirs.kind && ours.bar == theirs.bar && ours.type == theirs.type)
          #expect(ours.settledBar == theirs.settledBar, "kind \(kind), seed \(seed), until \(end)")
        }
      }
    }
  }

  /// In other units of money everything is the same.
  @Test(arguments: 0..<40)
  func scalingPricesAndCashScalesProfit(seed: Int) {
    var random = SeededGenerator(seed: 900 + seed)
    let markets = Self.market(&random, symbols: 2, bars: 80)
    var rules = Self.rules(&random)
    rules.commission.minimum = 0
    rules.lot = 0
    var strategy = RandomOrders(seed: seed, symbolCount: 2, names: [0, 1], chance: 0.2, only: 8)
    var plain = AccountRun(
      panel: makePanel(markets), symbols: [0, 1], rules: rules, cash: 1000, window: 0..<80)
    let ours = StrategyEngine(run: plain, strategy: strategy).record()
    plain.panel = makePanel(markets.map { $0.scaled(by: 1024) })
    plain.cash = 1000 * 1024
    strategy.cash = 1000 * 1024
    var scaled = StrategyEngine(run: plain, strategy: strategy).record()
    scaled.summary.finalEquity /= 1024
    #expect(
      (scaled.summary.finalEquity - ours.summary.finalEquity).magnitude
        < 1e-9 * ours.summary.finalEquity, "seed \(seed)")
  }
}
