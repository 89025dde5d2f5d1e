import Glibc
import Kernels
import Market
import Metrics
import Simulation
import Testing

/// Money is neither made nor lost but by the rules.
@Suite struct LedgerTests {
  @Test(arguments: batches(of: 50, in: 2000..<2400))
  func everyBarAndFillAddsUp(seeds: Range<Int>) throws {
    for seed in seeds {
      let scenario = Scenario(seed: seed, sets: 3)
      let run = scenario.run
      for lane in 0..<run.laneCount {
        let bars = scenario.symbols[run.place(of: lane).symbol]
        check(try replay(run, lane: lane), bars, run, "seed \(seed), lane \(lane)")
      }
    }
  }

  private func check(_ record: LaneRecord, _ bars: Bars, _ run: LaneRun, _ lane: Comment) {
    let money = record.equity.reduce(run.cash) { max($0, $1.magnitude) }
    var mark = 0.0
    for (bar, panelBar) in run.window.enumerated() {
      if !bars.close[panelBar].isNaN { mark = bars.close[panelBar] }
      let value = record.cash[bar] + record.units[bar] * mark
      #expect((value - record.equity[bar]).magnitude <= 1e-9 * money, lane)
    }

    var cash = run.cash
    for fill in record.fills {
      cash -= fill.units * fill.fillPrice + fill.commission
      #expect((cash - fill.cashAfter).magnitude <= 1e-9 * money, lane)
      if fill.cause == .entry && fill.units > 0 { #expect(fill.cashAfter >= 0, lane) }
      let bar = run.window.lowerBound + fill.bar
      let prices = [bars.open[bar], bars.high[bar], bars.low[bar], bars.close[bar]]
        .filter { !$0.isNaN }
      #expect(fill.price >= prices.min() ?? .infinity, lane)
      #expect(fill.price <= prices.max() ?? -.infinity, lane)
    }
    let profit = record.trades.reduce(0) { $0 + $1.profit }
    let final = record.equity.last ?? run.cash
    #expect((profit - (final - run.cash)).magnitude <= 1e-9 * money, lane)

    // What the sweep sums is what the records say.
    let summary = record.summary
    let closed = record.trades.filter { $0.exitBar != nil }
    let fees = record.fills.reduce(0) { $0 + $1.commission }
    #expect((fees - summary.fees).magnitude <= 1e-9 * max(fees, 1e-9), lane)
    #expect(closed.count == summary.trades, lane)
    #expect(record.trades.count - closed.count == summary.openTrades, lane)
    #expect(
      record.orders.filter { $0.status == .rejected }.count == summary.rejectedOrders, lane)
    let settled = record.orders.filter { $0.status == .filled || $0.status == .rejected }
    let asked = record.fills.filter { [.entry, .exit, .rejection].contains($0.cause) }
    #expect(settled.map(\.settledBar) == asked.map(\.bar), lane)
  }

  /// Random orders on a market without drift earn nothing on average, at no cost; with costs they lose.
  @Test(arguments: [FillMoment.nextOpen, .nextClose, .sameClose], [true, false])
  func randomOrdersEarnNothingOnAMartingale(fill: FillMoment, isLong: Bool) throws {
    var random = SeededGenerator(seed: 31 + fill.rawValue * 2 + (isLong ? 1 : 0))
    let symbols = (0..<1500).map { _ in
      var bars = Bars()
      var price = 100.0
      for _ in 0..<60 {
        // Each step has mean 1 exactly, and is independent of all before.
        let open = price * random.uniform(0.99, 1.01)
        price = open * random.uniform(0.98, 1.02)
        bars.append(open, max(open, price), min(open, price), price)
      }
      return bars
    }
    let table = SignalTable(
      symbols: symbols.count, sets: 1, bars: 60, entry: 0.3, exit: 0.3, long: isLong,
      short: !isLong, &random)
    var rules = LaneRules()
    rules.fill = fill
    func score() throws -> Double {
      let run = LaneRun(
        panel: makePanel(symbols), symbols: Array(symbols.indices),
        strategy: TestStrategy(table: table, terms: [LaneTerms()]), rules: rules, cash: 1000,
        window: 0..<60)
      let profits = try sweep(run).map { $0.finalEquity / 1000 - 1 }
      let n = Double(profits.count)
      let mean = profits.reduce(0, +) / n
      let variance = profits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      return mean / (variance / n).squareRoot()
    }
    let free = try score()
    #expect(free.magnitude < 4, "z = \(free)")
    rules.commissionRate = 0.001
    let costly = try score()
    #expect(costly < -4, "z = \(costly)")
  }

  /// Another unit of money scales every amount, to the bit when it is a power of two.
  @Test(arguments: 2500..<2560)
  func anotherCurrencyScalesEveryAmount(seed: Int) throws {
    let factor = 8.0
    let scenario = Scenario(seed: seed)
    var run = scenario.run
    let before = try sweep(run)
    run.panel = makePanel(scenario.symbols.map { $0.scaled(by: factor) })
    run.cash *= factor
    run.rules.commissionPerUnit *= factor
    run.rules.commissionFixed *= factor
    run.rules.commissionMinimum *= factor
    for (old, new) in zip(before, try sweep(run)) {
      var expected = old
      expected.initialEquity *= factor
      expected.finalEquity *= factor
      expected.grossProfit *= factor
      expected.grossLoss *= factor
      expected.tradedNotional *= factor
      expected.fees *= factor
      expected.slippage *= factor
      // The equity of a ruined lane is stood in for by 1, which does not scale.
      let sum = old.sumEquity * factor
      #expect((new.sumEquity - sum).magnitude <= 1e-9 * max(sum.magnitude, run.cash))
      expected.sumEquity = new.sumEquity
      #expect(fingerprint(new) == fingerprint(expected), "seed \(seed)")
    }
  }

  /// A split changes units and nothing else, so long as no commission is charged by the unit.
  @Test(arguments: 2600..<2640)
  func dearerPricesChangeUnitsOnly(seed: Int) throws {
    let scenario = Scenario(seed: seed)
    var run = scenario.run
    run.rules.commissionPerUnit = 0
    let before = try sweep(run).map(fingerprint)
    run.panel = makePanel(scenario.symbols.map { $0.scaled(by: 4) })
    #expect(try sweep(run).map(fingerprint) == before, "seed \(seed)")
  }

  @Test(arguments: 2700..<2720)
  func theOrderOfSymbolsDoesntMatter(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    var run = Scenario(seed: seed, symbolCount: 5).run
    let sets = run.strategy.setCount
    let before = try sweep(run).map(fingerprint)
    run.symbols.shuffle(using: &random)
    let after = try sweep(run, workers: 2).map(fingerprint)
    for (place, symbol) in run.symbols.enumerated() {
      #expect(
        after[place * sets..<(place + 1) * sets] == before[symbol * sets..<(symbol + 1) * sets])
    }
  }

  /// The order of parameter sets does not matter either: no lane reaches into its neighbours.
  @Test(arguments: 2800..<2820)
  func theOrderOfSetsDoesntMatter(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let scenario = Scenario(seed: seed, sets: 19, symbolCount: 1)
    let before = try sweep(scenario.run)
    let order = (0..<19).shuffled(using: &random)
    let table = scenario.table
    var run = scenario.run
    run.strategy = TestStrategy(
      terms: order.map { scenario.strategy.terms(of: $0) }, fields: [],
      entersShort: scenario.strategy.entersShort
    ) { table[0, order[$0.set], $0.bar] }
    for (place, summary) in try sweep(run).enumerated() {
      // The strategy derives the warm-up from the place.
      var expected = before[order[place]]
      expected.warmBars = summary.warmBars
      #expect(fingerprint(summary) == fingerprint(expected), "seed \(seed), place \(place)")
    }
  }
}
