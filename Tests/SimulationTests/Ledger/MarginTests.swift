import Kernels
import Metrics
import Simulation
import Testing

/// Cash, collateral, liquidation and ruin.
@Suite struct MarginTests {
  private func ledger(
    symbols: Int = 1, cash: Double = 1000, _ change: (inout ExecutionRules) -> Void = { _ in }
  ) -> Ledger {
    var rules = ExecutionRules()
    change(&rules)
    return Ledger(symbolCount: symbols, cash: cash, rules: rules, keepsRecord: true)
  }

  private func fill(
    _ ledger: inout Ledger, _ units: Double, _ price: Double, of symbol: Int = 0, bar: Int = 0
  ) {
    ledger.fill(
      symbol: symbol, units: units, price: price, fillPrice: price,
      commission: ledger.rules.commission.charge(units: units, price: price), cause: .entry,
      bar: bar)
  }

  /// After a gap a 100 % order is made smaller, not rejected, and the cash is spent to the last cent.
  @Test func anOrderForAllCashIsScaledAfterAGap() {
    var ledger = ledger { $0.commission.rate = 0.01 }
    // 10 units at 100 were meant; the open is at 125.
    let units = ledger.fit(units: 10, price: 125)
    #expect(abs(units - 1000 / (125 * 1.01)) < 1e-12)
    fill(&ledger, units, 125)
    #expect(ledger.cash == 0)
    #expect(ledger.fit(units: 1, price: 125) == 0)
  }

  @Test func whatIsAllowedStaysToTheBit() {
    let ledger = ledger { $0.commission.minimum = 1 }
    #expect(ledger.fit(units: 9.99, price: 100) == 9.99)
    #expect(ledger.fit(units: -19, price: 100) == -19)
  }

  /// 150 %: a short of S needs cash of 1.5 · S with its proceeds, so 1,000 carry shorts of 2,000.
  @Test func shortsNeedInitialMargin() {
    let free = ledger()
    #expect(free.fit(units: -30, price: 100) == -20)
    let strict = ledger { $0.initialMargin = 2 }
    #expect(strict.fit(units: -30, price: 100) == -10)
  }

  @Test func proceedsOfShortsBuyNothing() {
    var ledger = ledger(symbols: 2)
    fill(&ledger, -10, 100, of: 0)
    #expect(ledger.cash == 2000)
    // 1,500 are collateral; the other 500 are free.
    #expect(ledger.fit(symbol: 1, units: 50, price: 20) == 25)
    #expect(ledger.withdrawable == 500)
  }

  @Test func aCashAccountCannotShort() {
    var ledger = ledger { $0.allowsShort = false }
    #expect(ledger.fit(units: -5, price: 10) == 0)
    fill(&ledger, 5, 10)
    // It can sell what it has, and no more.
    #expect(ledger.fit(units: -8, price: 10) == -5)
  }

  /// Whatever the account looks like, a position can be closed.
  @Test func reducingNeedsNoMargin() {
    var ledger = ledger { $0.commission.fixed = 5 }
    fill(&ledger, -19, 100)
    // The price has tripled: the account owes more than it has.
    ledger.setMark(300, of: 0)
    #expect(ledger.currentEquity < 0)
    #expect(ledger.fit(units: 19, price: 300) == 19)
    #expect(ledger.fit(units: 7, price: 300) == 7)
    // But not turned.
    #expect(ledger.fit(units: 25, price: 300) == 19)
  }

  @Test func leverageBuysOnCredit() {
    var ledger = ledger { $0.leverage = 2 }
    #expect(ledger.fit(units: 30, price: 100) == 20)
    fill(&ledger, 20, 100)
    #expect(ledger.cash == -1000)
    #expect(ledger.fit(units: 0.1, price: 100) == 0)
    #expect(ledger.fit(units: -40, price: 100) == -40)
  }

  /// 10 short at 100 with 2,000 in cash last until 1.3 · 10 · p = 2,000.
  @Test func aShortIsLiquidatedAtTheHigh() throws {
    var ledger = ledger()
    fill(&ledger, -10, 100)
    #expect(abs(ledger.liquidationPrice() - 2000 / 13) < 1e-9)
    #expect(ledger.nextLiquidation(lows: [90], highs: [153.8]) == nil)
    let next = try #require(ledger.nextLiquidation(lows: [90], highs: [153.9]))
    #expect(next.symbol == 0 && next.price == 153.9)
    // The close does not matter, the high does.
    ledger.fill(
      units: 10, price: 153.9, fillPrice: 154.9, commission: 0, cause: .liquidation, bar: 0)
    ledger.endBar(0, close: 100)
    #expect(abs(ledger.equity - 451) < 1e-9)
  }

  /// 20 long at 100 with 1,000 borrowed last until (20 · p − 1,000) = 25 % of 20 · p.
  @Test func aLeveragedLongIsLiquidatedAtTheLow() {
    var ledger = ledger { $0.leverage = 2 }
    fill(&ledger, 20, 100)
    let level = 1000 / (20 * 0.75)
    #expect(abs(ledger.liquidationPrice() - level) < 1e-9)
    #expect(ledger.nextLiquidation(lows: [level + 0.01], highs: [100]) == nil)
    #expect(ledger.nextLiquidation(lows: [level - 0.01], highs: [100])?.price == level - 0.01)
  }

  @Test func aLongWithoutLeverageIsNeverLiquidated() {
    var ledger = ledger()
    fill(&ledger, 10, 100)
    #expect(ledger.liquidationPrice() == 0)
    #expect(ledger.nextLiquidation(lows: [0.01], highs: [100]) == nil)
  }

  /// The largest loss goes first, and what then has collateral stays.
  @Test func liquidationStopsWhenCollateralLasts() throws {
    var ledger = ledger(symbols: 3)
    fill(&ledger, -4, 100, of: 0)
    fill(&ledger, -4, 100, of: 1)
    fill(&ledger, -4, 100, of: 2)
    let highs = [110.0, 260, .nan]
    let lows = [90.0, 90, .nan]
    let first = try #require(ledger.nextLiquidation(lows: lows, highs: highs))
    #expect(first.symbol == 1)
    fill(&ledger, 4, first.price, of: 1)
    #expect(ledger.nextLiquidation(lows: lows, highs: highs) == nil)
    #expect(ledger.held == [0, 2])
  }

  /// An account whose equity is gone ends: it keeps what is left, even below zero, and earns nothing more.
  @Test func ruinEndsTheAccount() {
    var ledger = ledger()
    ledger.beginBar(0)
    fill(&ledger, -15, 100)
    ledger.endBar(0, close: 100)
    ledger.beginBar(1)
    ledger.endBar(1, close: 180)
    #expect(ledger.isRuined)
    #expect(ledger.equity == -200)
    #expect(ledger.units() == 0 && ledger.held.isEmpty)
    ledger.beginBar(2)
    ledger.endBar(2, close: 10)
    #expect(ledger.equity == -200)
    #expect(ledger.fit(units: 1, price: 10) == 0)
    let record = ledger.finishedRecord(LaneSummary())
    #expect(record.trades.map(\.profit) == [-1200])
    #expect(record.summary.isRuined && record.summary.losses == 1)
    #expect(record.equity == [1000, -200, -200])
  }

  /// Adding moves the average price, reducing doesn't, turning begins anew; each way from flat to flat is a trade.
  @Test func roundTripsGoFromFlatToFlat() {
    var ledger = ledger(cash: 10_000)
    ledger.beginBar(0)
    fill(&ledger, 10, 100)
    fill(&ledger, 10, 110)
    #expect(ledger.averagePrice() == 105)
    fill(&ledger, -5, 120)
    #expect(ledger.averagePrice() == 105)
    // Sells the other 15 and 10 more.
    fill(&ledger, -25, 120, bar: 3)
    #expect(ledger.units() == -10 && ledger.averagePrice() == 120 && ledger.entryBar() == 3)
    fill(&ledger, 10, 130, bar: 4)
    ledger.endBar(4, close: 130)
    let record = ledger.finishedRecord(LaneSummary())
    #expect(record.trades.map(\.profit) == [300, -100])
    #expect(record.trades.map(\.units) == [20, -10])
    #expect(record.trades.map(\.entryPrice) == [105, 120])
    #expect(record.trades.map(\.exitPrice) == [120, 130])
    #expect(record.summary.wins == 1 && record.summary.losses == 1)
  }

  /// The commission of an order that turns a position is shared by units.
  @Test func aTurnSharesItsCommission() {
    var ledger = ledger(cash: 10_000)
    ledger.fill(units: 10, price: 100, fillPrice: 100, commission: 0, cause: .entry, bar: 0)
    ledger.fill(units: -40, price: 100, fillPrice: 100, commission: 8, cause: .entry, bar: 0)
    ledger.fill(units: 30, price: 100, fillPrice: 100, commission: 0, cause: .entry, bar: 0)
    ledger.endBar(0, close: 100)
    #expect(ledger.finishedRecord(LaneSummary()).trades.map(\.profit) == [-2, -6])
  }

  /// A position in another currency is worth units · mark · rate, and its profit is of price and rate.
  @Test func foreignPositionsAreMarkedByTheirRate() {
    var ledger = ledger(symbols: 2, cash: 10_000)
    ledger.beginBar(0)
    ledger.setRate(1.25, of: 1)
    #expect(ledger.affordable(symbol: 1, price: 100, budget: 1000) == 8)
    fill(&ledger, 40, 100, of: 1)
    #expect(ledger.cash == 5000)
    ledger.endBar(0, closes: [1, 110], rates: [1, 1.5])
    #expect(ledger.equity == 11_600)
    ledger.beginBar(1)
    fill(&ledger, -40, 110, of: 1)
    ledger.endBar(1, closes: [1, 110], rates: [1, 1.5])
    #expect(ledger.finishedRecord(LaneSummary()).trades.map(\.profit) == [1600])
  }
}
