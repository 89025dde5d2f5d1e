import Kernels
import Market
import Metrics
import Simulation
import Testing

/// What holds for any account; a failure prints its seed.
@Suite struct LedgerPropertyTests {
  /// Cash, values, costs, flows and profits add up after every bar, and over the whole run.
  @Test(arguments: batches(of: 100, in: 0..<600))
  func cashIsConserved(seeds: Range<Int>) throws {
    // What happened in all, as a test of accounts that do nothing would pass.
    var seen: Set<String> = []
    for seed in seeds {
      let account = RandomAccount(seed: seed)
      let ledger = try account.run()
      let record = ledger.finishedRecord(LaneSummary())
      let summary = record.summary
      if record.units.contains(where: { $0 < 0 }) { seen.insert("short") }
      if record.cash.contains(where: { $0 < 0 }) { seen.insert("loan") }
      if summary.dividends != 0 { seen.insert("dividend") }
      if summary.netFlows != 0 { seen.insert("flow") }
      if summary.borrowFees > 0 && summary.interestPaid > 0 { seen.insert("financing") }
      seen.formUnion(record.trades.compactMap { $0.cause?.name })
      seen.formUnion(record.fills.map(\.cause.name))
      let profits = record.trades.reduce(0) { $0 + $1.profit }
      let interest = summary.interestEarned - summary.interestPaid
      let money = record.equity.reduce(account.cash) { max($0, $1.magnitude) } + 100_000
      let change = ledger.equity - account.cash - summary.netFlows
      #expect((profits + interest - change).magnitude <= 1e-9 * money, "seed \(seed)")
      let fees = record.fills.reduce(0) { $0 + $1.commission }
      #expect((fees - summary.fees).magnitude <= 1e-9 * money, "seed \(seed)")
      let closed = record.trades.filter { $0.exitBar != nil }
      #expect(closed.count == summary.trades, "seed \(seed)")
      #expect(record.trades.count - closed.count == summary.openTrades, "seed \(seed)")
      let won = closed.reduce(0) { $0 + max($1.profit, 0) }
      #expect((won - summary.grossProfit).magnitude <= 1e-9 * money, "seed \(seed)")
      // The steps of the ladder are costs.
      for cost in [summary.fees, summary.slippage, summary.borrowFees, summary.interestPaid] {
        #expect(cost >= 0, "seed \(seed)")
      }
    }
    let all: Set = [
      "short", "loan", "dividend", "flow", "financing", "entry", "liquidation", "cash_in_lieu",
      "reinvestment", "delisting",
    ]
    #expect(seen == all)
  }

  /// Money counted in eighths of it: every amount is eight times what it was, to the bit, and nothing else moves.
  @Test(arguments: batches(of: 50, in: 1000..<1200))
  func scalingPricesAndCashScalesProfits(seeds: Range<Int>) throws {
    for seed in seeds {
      let account = RandomAccount(seed: seed)
      let before = try account.run().finishedRecord(LaneSummary())
      let after = try account.scaled(by: 8).run().finishedRecord(LaneSummary())
      #expect(after.equity == before.equity.map { $0 * 8 }, "seed \(seed)")
      #expect(after.units == before.units, "seed \(seed)")
      #expect(after.summary.returns == before.summary.returns, "seed \(seed)")
      #expect(after.trades.map(\.profit) == before.trades.map { $0.profit * 8 }, "seed \(seed)")
    }
  }

  /// Symbols in another order: the same account up to the rounding of sums.
  @Test(arguments: batches(of: 50, in: 2000..<2100))
  func theOrderOfSymbolsDoesNotMatter(seeds: Range<Int>) throws {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      let symbols = (0..<4).map { _ in Bars.random(60, Weather(), &random) }
      let order = [0, 1, 2, 3].shuffled(using: &random)
      let targets = (0..<60).map { _ in (0..<4).map { _ in random.uniform(-0.4, 0.4) } }
      func equity(_ order: [Int]) -> [Double] {
        var ledger = Ledger(
          symbolCount: 4, cash: 1000, rules: ExecutionRules(), keepsRecord: true)
        for bar in 0..<60 {
          ledger.beginBar(bar)
          let equity = ledger.equity
          // By symbol, wherever it stands.
          for symbol in 0..<4 {
            let place = order.firstIndex(of: symbol) ?? 0
            let price = symbols[symbol].open[bar]
            let units = targets[bar][symbol] * equity / price - ledger.units(place)
            ledger.fill(
              symbol: place, units: units, price: price, fillPrice: price,
              commission: units.magnitude * 0.01, cause: .rebalance, bar: bar)
          }
          ledger.endBar(bar, closes: order.map { symbols[$0].close[bar] })
        }
        return ledger.record?.equity ?? []
      }
      for (a, b) in zip(equity([0, 1, 2, 3]), equity(order)) {
        #expect((a - b).magnitude <= 1e-10 * a.magnitude, "seed \(seed)")
      }
    }
  }

  /// An order and its mirror image on a market and its mirror image cancel exactly where nothing costs anything: what a
  /// long earns, a short of the same units loses, so that no side is favoured.
  @Test(arguments: batches(of: 50, in: 3000..<3200))
  func freeTradingEarnsNothingForBothSidesTogether(seeds: Range<Int>) throws {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      // Whole sixty-fourths: every sum is exact.
      var price = 6400.0
      var long = Ledger(symbolCount: 1, cash: 1e9, rules: ExecutionRules())
      var short = long
      for bar in 0..<200 {
        long.beginBar(bar)
        short.beginBar(bar)
        if random.chance(0.4) {
          let units = Double(Int.random(in: -50...50, using: &random))
          if units != 0 {
            for (sign, isLong) in [(1.0, true), (-1.0, false)] {
              var ledger = isLong ? long : short
              ledger.fill(
                units: sign * units, price: price / 64, fillPrice: price / 64, commission: 0,
                cause: .entry, bar: bar)
              if isLong { long = ledger } else { short = ledger }
            }
          }
        }
        price += Double(Int.random(in: -40...40, using: &random))
        price = max(price, 64)
        long.endBar(bar, close: price / 64)
        short.endBar(bar, close: price / 64)
        #expect(long.equity + short.equity == 2e9, "seed \(seed), bar \(bar)")
      }
      #expect(long.summary.grossProfit == short.summary.grossLoss, "seed \(seed)")
    }
  }

  /// Random orders on a martingale earn nothing on average without costs, and lose with them; longs and shorts alike.
  @Test(arguments: [true, false])
  func randomOrdersEarnNothingOnAMartingale(isLong: Bool) {
    func score(_ commission: Double) -> Double {
      var random = SeededGenerator(seed: isLong ? 51 : 52)
      var rules = ExecutionRules()
      rules.commission.rate = commission
      let profits = (0..<1500).map { _ -> Double in
        var ledger = Ledger(symbolCount: 1, cash: 1000, rules: rules)
        var price = 100.0
        for bar in 0..<60 {
          ledger.beginBar(bar)
          price *= random.uniform(0.98, 1.02)
          let fraction = random.uniform(0, 1)
          if random.chance(0.3) {
            let target = (isLong ? 1 : -1) * fraction * ledger.equity / price
            let units = ledger.fit(units: target - ledger.units(), price: price)
            if units != 0 {
              ledger.fill(
                units: units, price: price, fillPrice: price,
                commission: rules.commission.charge(units: units, price: price), cause: .entry,
                bar: bar)
            }
          }
          price *= random.uniform(0.98, 1.02)
          ledger.endBar(bar, close: price)
        }
        return ledger.equity / 1000 - 1
      }
      let n = Double(profits.count)
      let mean = profits.reduce(0, +) / n
      let variance = profits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      return mean / (variance / n).squareRoot()
    }
    let free = score(0)
    #expect(free.magnitude < 4, "z = \(free)")
    let costly = score(0.002)
    #expect(costly < -4, "z = \(costly)")
  }
}
