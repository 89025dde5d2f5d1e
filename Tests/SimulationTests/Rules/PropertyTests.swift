import Glibc
import Kernels
import Market
import Metrics
import Simulation
import Testing

/// What holds for random traders on random markets; a failure names its seed.
@Suite struct PropertyTests {
  /// Symbols, rules and a trader that follow from a seed.
  struct Market {
    var symbols: [Bars]
    var rules = ExecutionRules()
    var habits = RandomTrader.Habits()
    var cash = 10_000.0
    let seed: Int

    init(seed: Int, symbols count: Int? = nil) {
      self.seed = seed
      var random = SeededGenerator(seed: seed)
      let bars = Int.random(in: 40...160, using: &random)
      let weather = Weather.random(&random)
      symbols = (0..<(count ?? random.pick([1, 1, 2, 5]))).map { _ in
        Bars.random(bars, weather, &random)
      }
      rules.fill = random.pick([.nextOpen, .nextClose, .sameClose])
      rules.intrabar = random.pick([.worst, .best, .highFirst, .lowFirst])
      rules.limitTouch = random.chance(0.5)
      if random.chance(0.6) {
        rules.commission.rate = random.pick([0, 0.001])
        rules.commission.fixed = random.pick([0, 2])
        rules.slippage.rate = random.pick([0, 0.001])
      }
      habits.isShort = random.chance(0.6)
      rules.leverage = random.pick([1, 1, 2])
    }

    var run: AccountRun {
      AccountRun(
        panel: makePanel(symbols), symbols: Array(symbols.indices), rules: rules, cash: cash,
        window: 0..<symbols[0].count)
    }

    func record(_ run: AccountRun) -> LaneRecord {
      StrategyEngine(run: run, strategy: RandomTrader(seed: seed, habits)).record()
    }
  }

  /// Cash is what fills left of it, equity is cash and what is held at its mark, and profits are all there is to it.
  @Test(arguments: batches(of: 50, in: 0..<600))
  func moneyIsConserved(seeds: Range<Int>) {
    for seed in seeds {
      let market = Market(seed: seed)
      let record = market.record(market.run)
      let scale = record.equity.reduce(market.cash) { max($0, $1.magnitude) } * 1e-9
      var cash = market.cash
      var units = Array(repeating: 0.0, count: market.symbols.count)
      var marks = Array(repeating: 0.0, count: market.symbols.count)
      var next = 0
      for bar in record.equity.indices where !(record.summary.isRuined && record.equity[bar] <= 0) {
        while next < record.fills.count, record.fills[next].bar == bar {
          let fill = record.fills[next]
          cash -= fill.units * fill.fillPrice + fill.commission
          units[fill.symbol] += fill.units
          #expect((cash - fill.cashAfter).magnitude <= scale, "seed \(seed), bar \(bar)")
          next += 1
        }
        var worth = cash
        for (symbol, bars) in market.symbols.enumerated() {
          if !bars.close[bar].isNaN { marks[symbol] = bars.close[bar] }
          worth += units[symbol] * marks[symbol]
        }
        #expect((cash - record.cash[bar]).magnitude <= scale, "seed \(seed), bar \(bar)")
        #expect((worth - record.equity[bar]).magnitude <= scale, "seed \(seed), bar \(bar)")
        if market.rules.leverage == 1, !market.habits.isShort {
          #expect(record.cash[bar] >= -scale, "seed \(seed), bar \(bar)")
        }
      }
      let profit = record.trades.reduce(0) { $0 + $1.profit }
      let final = record.equity.last ?? market.cash
      #expect((profit - (final - market.cash)).magnitude <= scale, "seed \(seed)")
    }
  }

  @Test(arguments: batches(of: 50, in: 1000..<1400))
  func everyFillLiesInsideItsBar(seeds: Range<Int>) {
    var count = 0
    for seed in seeds {
      let market = Market(seed: seed)
      for fill in market.record(market.run).fills where fill.cause != .rejection {
        let bars = market.symbols[fill.symbol]
        let prices = [
          bars.open[fill.bar], bars.high[fill.bar], bars.low[fill.bar], bars.close[fill.bar],
        ].filter { !$0.isNaN }
        #expect(!bars.close[fill.bar].isNaN, "seed \(seed): a fill at a bar without a close")
        #expect(fill.price >= prices.min() ?? .infinity, "seed \(seed), bar \(fill.bar)")
        #expect(fill.price <= prices.max() ?? -.infinity, "seed \(seed), bar \(fill.bar)")
        count += 1
      }
    }
    #expect(count > 100, "nothing was traded")
  }

  /// Without costs nobody earns anything on a market without drift, long or short; to know nothing of the inside of a bar never
  /// helps.
  @Test(arguments: 0..<8)
  func randomTradersEarnNothingOnAMartingale(seed: Int) {
    let isLong = seed & 1 != 0
    let isPlain = seed & 2 != 0
    let fill = seed & 4 != 0 ? FillMoment.nextOpen : .sameClose
    var random = SeededGenerator(seed: 77 + seed)
    var rules = ExecutionRules()
    rules.fill = fill
    rules.maintenanceMargin = 1
    var habits = RandomTrader.Habits()
    habits.isLong = isLong
    habits.isShort = !isLong
    habits.isPlain = isPlain
    // Shorts that could be liquidated would end differently from longs.
    habits.fraction = 0.5
    let profits = (0..<1200).map { trader in
      let run = AccountRun(
        panel: makePanel([.martingale(60, steps: isPlain ? 2 : 64, &random)]), symbols: [0],
        rules: rules, cash: 1000, window: 0..<60)
      return StrategyEngine(run: run, strategy: RandomTrader(seed: trader, habits)).simulate()
        .finalEquity / 1000 - 1
    }
    let n = Double(profits.count)
    let mean = profits.reduce(0, +) / n
    let variance = profits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    let z = mean / (variance / n).squareRoot()
    #expect(variance > 0)
    #expect(isPlain ? z.magnitude < 4 : z < 4, "z = \(z)")
  }

  /// Where sizes follow from no equity and nothing runs short, it makes no difference which symbol comes first.
  @Test(arguments: batches(of: 20, in: 2000..<2100))
  func theOrderOfSymbolsDoesntMatter(seeds: Range<Int>) {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      var market = Market(seed: seed, symbols: 5)
      market.habits.notional = 50
      market.rules.leverage = 1
      let before = market.record(market.run)
      var run = market.run
      run.symbols.shuffle(using: &random)
      let after = market.record(run)
      let names = run.symbols
      func key(_ fill: FillRecord, _ symbol: Int) -> [Double] {
        [Double(fill.bar), Double(symbol), fill.price]
      }
      #expect(
        Set(before.fills.map { key($0, $0.symbol) })
          == Set(after.fills.map { key($0, names[$0.symbol]) }), "seed \(seed)")
      for (old, new) in zip(before.equity, after.equity) {
        #expect((old - new).magnitude <= 1e-9 * max(old.magnitude, market.cash), "seed \(seed)")
      }
    }
  }

  /// Prices before a split, as they were quoted, with the split as an action of the ledger: nobody is richer or poorer for it.
  @Test(arguments: batches(of: 50, in: 4000..<4300))
  func aSplitChangesNoProfit(seeds: Range<Int>) {
    for seed in seeds {
      var market = Market(seed: seed)
      // A commission by the unit would depend on what a unit is; orders of this trader don't.
      let before = market.record(market.run)
      var random = SeededGenerator(seed: seed)
      var actions: [LedgerActions.Row] = []
      for symbol in market.symbols.indices {
        for bar in (1..<market.symbols[symbol].count).shuffled(using: &random).prefix(2) {
          let ratio = random.pick([2.0, 4, 3, 1.5, 0.1, 0.25])
          actions.append(.init(bar: bar, symbol: symbol, event: .split(ActionScale(ratio: ratio))))
          for earlier in 0..<bar { market.symbols[symbol].quote(earlier, times: ratio) }
        }
      }
      var run = market.run
      run.actions = LedgerActions(actions)
      let after = market.record(run)
      #expect(before.fills.map(\.bar) == after.fills.map(\.bar), "seed \(seed)")
      for (old, new) in zip(before.equity, after.equity) {
        #expect((old - new).magnitude <= 1e-9 * max(old.magnitude, market.cash), "seed \(seed)")
      }
    }
  }

  /// Another unit of money scales every amount, to the bit when it is a power of two.
  @Test(arguments: batches(of: 50, in: 3000..<3200))
  func anotherCurrencyScalesEveryAmount(seeds: Range<Int>) {
    for seed in seeds {
      var market = Market(seed: seed)
      let before = market.record(market.run)
      market.symbols = market.symbols.map { $0.scaled(by: 8) }
      market.cash *= 8
      market.rules.commission.fixed *= 8
      let after = market.record(market.run)
      #expect(before.units == after.units, "seed \(seed)")
      #expect(before.equity.map { $0 * 8 } == after.equity, "seed \(seed)")
      #expect(before.fills.map { $0.fillPrice * 8 } == after.fills.map(\.fillPrice), "seed \(seed)")
    }
  }
}

extension Bars {
  /// Quotes a bar in shares of another size.
  mutating func quote(_ bar: Int, times ratio: Double) {
    set(bar, (open[bar] * ratio, high[bar] * ratio, low[bar] * ratio, close[bar] * ratio))
  }

  /// Prices without drift: the high and low are those of a walk of many small steps, each with mean 1 exactly.
  static func martingale(_ count: Int, steps: Int, _ random: inout SeededGenerator) -> Bars {
    var bars = Bars()
    var price = 100.0
    let width = 0.03 / Double(steps).squareRoot()
    for _ in 0..<count {
      price *= random.uniform(0.99, 1.01)
      let open = price
      var (high, low) = (price, price)
      for _ in 0..<steps {
        price *= random.uniform(1 - width, 1 + width)
        high = max(high, price)
        low = min(low, price)
      }
      bars.append(open, high, low, price)
    }
    return bars
  }
}
