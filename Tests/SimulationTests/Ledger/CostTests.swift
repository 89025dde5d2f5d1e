import Simulation
import Testing

@Suite struct CostTests {
  private static let day: Int64 = 86_400_000_000_000

  private static func commission(
    rate: Double = 0, perUnit: Double = 0, fixed: Double = 0, minimum: Double = 0,
    tiers: [(Double, Double)] = []
  ) -> Commission {
    var commission = Commission()
    commission.rate = rate
    commission.perUnit = perUnit
    commission.fixed = fixed
    commission.minimum = minimum
    commission.tiers = tiers.map { .init(from: $0.0, rate: $0.1) }
    return commission
  }

  @Test func commissionWorkedByHand() {
    #expect(Self.commission(rate: 0.001, perUnit: 0.005).charge(units: 1000, price: 20) == 25)
    #expect(Self.commission(rate: 0.001, perUnit: 0.005).charge(units: -1000, price: 20) == 25)
    #expect(Self.commission(fixed: 3).charge(units: 1, price: 20) == 3)
    #expect(Self.commission(rate: 0.001, minimum: 9).charge(units: 10, price: 20) == 9)
    let tiers = Self.commission(tiers: [(0, 0.01), (1000, 0.005), (5000, 0.001)])
    #expect(tiers.charge(units: 50, price: 10) == 5)
    #expect(tiers.charge(units: 100, price: 10) == 10)
    // 1,000 at 1 %, 4,000 at 0.5 %, 3,000 at 0.1 %.
    #expect(tiers.charge(units: 800, price: 10) == 33)
  }

  /// The parts of an order cost what the order costs, and a minimum is paid once.
  @Test func partsOfAnOrderAreChargedAsOne() {
    let commission = Self.commission(rate: 0.001, fixed: 2, minimum: 5)
    var order = OrderCharge()
    #expect(order.add(units: 100, price: 10, commission) == 5)
    #expect(order.add(units: 100, price: 10, commission) == 0)
    // 2 + 0.001 · 4,000 = 6, of which 5 are paid.
    #expect(order.add(units: 200, price: 10, commission) == 1)
    #expect(order.paid == commission.charge(units: 400, price: 10))
  }

  @Test(arguments: 0..<40)
  func partsNeverCostMoreOrLessThanTheWhole(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let commission = randomCommission(&random)
    var order = OrderCharge()
    var paid = 0.0
    for _ in 0..<Int.random(in: 1...9, using: &random) {
      let part = order.add(units: random.uniform(0, 200), price: 25, commission)
      #expect(part >= 0, "seed \(seed)")
      paid += part
    }
    let whole = commission.charge(units: order.units, price: 25)
    #expect((paid - whole).magnitude <= 1e-9 * whole, "seed \(seed)")
  }

  private func randomCommission(_ random: inout SeededGenerator) -> Commission {
    Self.commission(
      rate: random.pick([0, 0.002]), perUnit: random.pick([0, 0.01]), fixed: random.pick([0, 2]),
      minimum: random.pick([0, 7]),
      tiers: random.pick([
        [], [(0, 0.01), (1000, 0.002)], [(0, 0.001), (500, 0.01), (4000, 0), (9000, 0.02)],
      ]))
  }

  /// A larger order never costs less.
  @Test(arguments: 0..<40)
  func commissionGrowsWithTheOrder(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let commission = randomCommission(&random)
    var last = 0.0
    for units in 1...600 {
      let now = commission.charge(units: Double(units), price: 25)
      #expect(now >= last, "seed \(seed), \(units) units")
      last = now
    }
  }

  /// All the budget is spent and no more, with any commission and for the rest of an order in parts.
  @Test(arguments: 0..<200)
  func whatIsAffordableSpendsTheBudget(seed: Int) {
    var random = SeededGenerator(seed: seed)
    let commission = randomCommission(&random)
    let price = random.uniform(1, 300)
    let weight = random.pick([1, 1, 0.5, 0.25])
    let budget = random.uniform(0, 20_000)
    var order = OrderCharge()
    if random.chance(0.4) {
      _ = order.add(units: random.uniform(0, 60), price: random.uniform(1, 300), commission)
    }
    let units = commission.affordable(budget: budget, price: price, weight: weight, after: order)
    func cost(_ units: Double) -> Double {
      var order = order
      return weight * units * price + order.add(units: units, price: price, commission)
    }
    if units == 0 {
      #expect(cost(1e-9) > budget - 1e-6, "seed \(seed)")
    } else {
      #expect((cost(units) - budget).magnitude <= 1e-9 * budget, "seed \(seed)")
    }
  }

  @Test func slippageWorkedByHand() {
    var slippage = Slippage()
    slippage.rate = 0.0005
    #expect(slippage.fillPrice(units: 10, price: 100) == 100 * 1.0005)
    #expect(slippage.fillPrice(units: -10, price: 100) == 100 * 0.9995)
    slippage.ticks = 2
    slippage.halfSpread = .amount(0.03)
    var bar = Slippage.Bar()
    bar.tick = 0.01
    #expect(abs(slippage.fillPrice(units: 10, price: 100, bar: bar) - 100.10) < 1e-12)
    #expect(abs(slippage.fillPrice(units: -10, price: 100, bar: bar) - 99.90) < 1e-12)

    var quoted = Slippage()
    quoted.halfSpread = .quotes
    bar.bid = 99.5
    bar.ask = 100.25
    #expect(quoted.fillPrice(units: 1, price: 100, bar: bar) == 100.375)
    #expect(quoted.fillPrice(units: -1, price: 100, bar: bar) == 99.625)
    bar.ask = .nan
    #expect(quoted.fillPrice(units: 1, price: 100, bar: bar) == 100)

    // A quarter of the volume moves the price by half of k, or by a sixteenth.
    var shared = Slippage()
    shared.volumeShare = .init(k: 0.01, exponent: 0.5)
    bar.volume = 4000
    #expect(abs(shared.fillPrice(units: 1000, price: 100, bar: bar) - 100.5) < 1e-12)
    shared.volumeShare?.exponent = 2
    #expect(shared.fillPrice(units: -1000, price: 100, bar: bar) == 99.9375)
    bar.volume = 0
    #expect(shared.fillPrice(units: 1000, price: 100, bar: bar) == 101)

    // A tenth of the mean volume at 2 % a day: 0.02 · (0.157 · 0.1 + 0.142 · 0.1^0.6).
    var impact = Slippage()
    impact.almgrenChriss = .init()
    #expect(impact.fillPrice(units: 1000, price: 100, bar: bar) == 100)
    bar.volatility = 0.02
    bar.meanVolume = 10_000
    let expected = 100 * (1 + 0.02 * (0.157 * 0.1 + 0.142 * 0.251188643150958))
    #expect(abs(impact.fillPrice(units: 1000, price: 100, bar: bar) - expected) < 1e-12)
  }

  /// A fill is never better than its price, and a larger one never better than a smaller.
  @Test(arguments: 0..<100)
  func slippageNeverHelps(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var slippage = Slippage()
    slippage.rate = random.pick([0, 0.001])
    slippage.ticks = random.pick([0, 1])
    slippage.halfSpread = random.pick([nil, .amount(0.02), .quotes])
    slippage.volumeShare = random.pick([nil, .init(k: 0.1, exponent: random.pick([0.5, 2]))])
    slippage.almgrenChriss = random.pick([nil, .init()])
    var bar = Slippage.Bar()
    bar.tick = random.pick([.nan, 0.01])
    bar.bid = random.pick([.nan, 49.9, 50.2])
    bar.ask = 50.1
    bar.volume = random.pick([.nan, 0, 10_000])
    bar.volatility = random.pick([.nan, 0.02])
    bar.meanVolume = random.pick([.nan, 8000])
    var (dearest, cheapest) = (50.0, 50.0)
    for units in [0.1, 1, 10, 100, 1000, 10_000, 1e6] {
      let bought = slippage.fillPrice(units: units, price: 50, bar: bar)
      let sold = slippage.fillPrice(units: -units, price: 50, bar: bar)
      #expect(bought >= dearest && sold <= cheapest && sold >= 0, "seed \(seed), \(units) units")
      (dearest, cheapest) = (bought, sold)
    }
  }

  /// Friday to Monday is three days.
  @Test func financingCountsWeekends() {
    var financing = Financing()
    financing.borrowRate = 0.03
    financing.cashRate = 0.02
    financing.marginRate = 0.05
    let weekend = 3 * Self.day
    #expect(
      abs(financing.borrow(shortValue: 10_000, elapsedNs: weekend) - 10_000 * 0.03 * 3 / 365.25)
        < 1e-12)
    #expect(abs(financing.interest(cash: 5000, elapsedNs: Self.day) - 100 / 365.25) < 1e-12)
    #expect(abs(financing.interest(cash: -5000, elapsedNs: Self.day) + 250 / 365.25) < 1e-12)
  }
}
