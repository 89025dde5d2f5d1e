import Kernels
import Market
import Metrics
import Simulation
import Testing

/// An account that trades at random by random rules on random markets: everything follows from the seed.
struct RandomAccount {
  var symbols: [Bars]
  var rules = ExecutionRules()
  var cash = 10_000.0
  var flows: [CashFlow] = []
  var actions = LedgerActions.none
  var rates: [[Double]]?
  /// Chance of an order by symbol and bar.
  var activity = 0.3
  /// What is traded is drawn from here.
  private var random: SeededGenerator
  private let seed: Int

  init(seed: Int, symbolCount: Int? = nil) {
    var random = SeededGenerator(seed: seed)
    self.seed = seed
    let count = symbolCount ?? random.pick([1, 1, 2, 5])
    let bars = random.pick([3, 20, 120])
    var weather = Weather.random(&random)
    weather.volatility = min(weather.volatility, 0.08)
    symbols = (0..<count).map { _ in Bars.random(bars, weather, &random) }
    if random.chance(0.7) {
      rules.commission.rate = random.pick([0, 0.001, 0.01])
      rules.commission.perUnit = random.pick([0, 0.01])
      rules.commission.fixed = random.pick([0, 1])
      rules.commission.minimum = random.pick([0, 5])
      if random.chance(0.3) {
        rules.commission.tiers = [
          .init(from: 0, rate: 0.002), .init(from: 3000, rate: 0.001),
          .init(from: 8000, rate: 0.003),
        ]
      }
      rules.slippage.rate = random.pick([0, 0.001])
      rules.slippage.halfSpread = random.pick([nil, .amount(0.01)])
    }
    if random.chance(0.5) {
      rules.financing.borrowRate = 0.03
      rules.financing.cashRate = 0.02
      rules.financing.marginRate = 0.06
    }
    rules.leverage = random.pick([1, 1, 2, 4])
    rules.allowsShort = random.chance(0.8)
    rules.lot = random.pick([0, 0, 1])
    rules.reinvestsDividends = random.chance(0.3)
    if random.chance(0.4) {
      flows = (0..<6).map { _ in
        CashFlow(
          bar: Int.random(in: 0..<bars, using: &random),
          amount: random.pick([1000, 250, -500, -100_000]))
      }
    }
    if random.chance(0.4) {
      actions = LedgerActions(
        (0..<8).map { _ in
          let event: LedgerActions.Event = random.pick([
            .split(ActionScale(ratio: random.pick([2, 7, 0.1, 1.5]))),
            .dividend(random.uniform(0, 3)),
          ])
          return .init(
            bar: Int.random(in: 0..<bars, using: &random),
            symbol: Int.random(in: 0..<count, using: &random), event: event)
        } + (random.chance(0.3) ? [.init(bar: bars - 1, symbol: 0, event: .end(-0.3))] : []))
    }
    if random.chance(0.2) {
      rates = (0..<bars).map { _ in (0..<count).map { _ in random.uniform(0.5, 2) } }
    }
    self.random = random
  }

  /// Everything as if money were counted in another unit.
  func scaled(by factor: Double) -> RandomAccount {
    var other = self
    other.symbols = symbols.map { $0.scaled(by: factor) }
    other.cash *= factor
    other.flows = flows.map { CashFlow(bar: $0.bar, amount: $0.amount * factor) }
    other.rules.commission.perUnit *= factor
    other.rules.commission.fixed *= factor
    other.rules.commission.minimum *= factor
    for tier in rules.commission.tiers.indices {
      other.rules.commission.tiers[tier].from *= factor
    }
    if case .amount(let half) = rules.slippage.halfSpread {
      other.rules.slippage.halfSpread = .amount(half * factor)
    }
    other.actions = LedgerActions(
      actions.rows.map { row in
        var row = row
        if case .dividend(let money) = row.event { row.event = .dividend(money * factor) }
        return row
      })
    return other
  }

  /// Trades to the last bar and checks the books at each.
  ///
  /// Quantities are fractions of equity, drawn from the seed; `unit` is what a price of 1 is in them.
  func run(_ check: (borrowing Ledger, Int) throws -> Void = { _, _ in }) throws -> Ledger {
    var random = random
    var ledger = Ledger(
      symbolCount: symbols.count, cash: cash, rules: rules, flows: flows, actions: actions,
      keepsReturns: true, keepsRecord: true)
    var identity = LedgerIdentity(ledger)
    for bar in 0..<symbols[0].count {
      if let rates {
        for symbol in symbols.indices { ledger.setRate(rates[bar][symbol], of: symbol) }
      }
      ledger.beginBar(bar, elapsedNs: bar == 0 ? 0 : Calendar.dayNs)
      for symbol in symbols.indices {
        // The draws don't depend on what the account has.
        let (isOrder, size, isExit) = (
          random.chance(activity), random.uniform(-1.5, 1.5), random.chance(0.3)
        )
        let open = symbols[symbol].open[bar]
        guard isOrder, open > 0, symbols[symbol].close[bar] > 0, !ledger.hasEnded(symbol),
          !ledger.isRuined
        else { continue }
        ledger.setMark(open, of: symbol)
        let wanted =
          isExit
          ? -ledger.units(symbol)
          : size * ledger.currentEquity / (open * ledger.rate(symbol))
        trade(&ledger, symbol, wanted, open, .entry, bar)
      }
      liquidate(&ledger, bar)
      let closes = symbols.map { $0.close[bar] }
      ledger.endBar(bar, closes: closes)
      do {
        try identity.check(ledger, bar: bar)
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      try check(ledger, bar)
    }
    return ledger
  }

  private func trade(
    _ ledger: inout Ledger, _ symbol: Int, _ wanted: Double, _ price: Double,
    _ cause: FillRecord.Cause, _ bar: Int
  ) {
    if wanted == 0 { return }
    let fillPrice = rules.slippage.fillPrice(units: wanted, price: price)
    var units = ledger.fit(symbol: symbol, units: wanted, price: fillPrice)
    if rules.lot > 0 && units != -ledger.units(symbol) {
      units = (units / rules.lot).rounded(.towardZero) * rules.lot
    }
    if units == 0 { return }
    let before = ledger.units(symbol)
    let opens = before * units >= 0 || units.magnitude > before.magnitude
    let commission = rules.commission.charge(
      units: units, price: fillPrice * ledger.rate(symbol))
    ledger.fill(
      symbol: symbol, units: units, price: price, fillPrice: fillPrice, commission: commission,
      cause: cause, bar: bar)
    if opens {
      // What was opened has its margin.
      let free = ledger.buyingPower(symbol: symbol, isLong: units > 0, price: fillPrice)
      #expect(free >= -1e-9 * ledger.grossValue, "seed \(seed), bar \(bar)")
    }
    if opens && units > 0 && rules.leverage == 1 {
      #expect(ledger.cash >= -1e-9 * ledger.currentEquity, "seed \(seed), bar \(bar)")
    }
    if !rules.allowsShort {
      #expect(ledger.units(symbol) >= 0, "seed \(seed), bar \(bar)")
    }
  }

  private func liquidate(_ ledger: inout Ledger, _ bar: Int) {
    let lows = symbols.map { $0.close[bar].isNaN ? .nan : $0.low[bar] }
    let highs = symbols.map { $0.close[bar].isNaN ? .nan : $0.high[bar] }
    while let next = ledger.nextLiquidation(lows: lows, highs: highs) {
      let units = -ledger.units(next.symbol)
      let fillPrice = rules.slippage.fillPrice(units: units, price: next.price)
      ledger.fill(
        symbol: next.symbol, units: units, price: next.price, fillPrice: fillPrice,
        commission: rules.commission.charge(
          units: units, price: fillPrice * ledger.rate(next.symbol)),
        cause: .liquidation, bar: bar)
      ledger.summary.liquidations += 1
    }
  }
}
