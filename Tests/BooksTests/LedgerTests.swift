import Books
import Testing

/// Ledgers worked by hand, to the cent.
@Suite struct LedgerTests {
  /// What a case does.
  enum Step {
    case post(Entry)
    case split(Int, Double)
  }

  /// What becomes of wallet 0 and symbol 0, unless it is told otherwise.
  struct Case: CustomTestStringConvertible {
    let name: String
    let steps: [Step]
    let cash: Double
    var euros = 0.0
    var units = 0.0
    var cost = 0.0
    var averageCost = 0.0
    var realised = 0.0
    var realisedAverage = 0.0
    var income = 0.0
    var sundry = 0.0
    var fees = 0.0
    var testDescription: String { name }
  }

  static func entry(
    _ kind: Entry.Kind, _ cash: Double, _ instrument: Int? = nil, units: Double = 0,
    price: Double = .nan, fee: Double = 0, wallet: Int = 0, counter: Int? = nil
  ) -> Step {
    .post(
      Entry(
        timeNs: 0, wallet: wallet, kind: kind, instrument: instrument, cash: cash, units: units,
        price: price, fee: fee, counter: counter))
  }
  static func deposit(_ amount: Double) -> Step { entry(.deposit, amount) }
  static func buy(_ units: Double, _ price: Double, fee: Double = 0) -> Step {
    entry(.buy, -(units * price) - fee, 0, units: units, price: price, fee: fee)
  }
  static func sell(_ units: Double, _ price: Double, fee: Double = 0) -> Step {
    entry(.sell, units * price - fee, 0, units: -units, price: price, fee: fee)
  }

  static let cases: [Case] = [
    Case(name: "a deposit", steps: [deposit(1000)], cash: 1000),
    Case(name: "a withdrawal", steps: [deposit(1000), entry(.withdrawal, -250.50)], cash: 749.50),
    Case(name: "no holdings at all", steps: [], cash: 0),
    Case(
      name: "a purchase with a fee: the fee is cost", steps: [deposit(1000), buy(10, 50, fee: 5)],
      cash: 495, units: 10, cost: 505, averageCost: 505, fees: 5),
    Case(
      name: "two purchases", steps: [deposit(2000), buy(10, 50), buy(10, 60)], cash: 900, units: 20,
      cost: 1100, averageCost: 1100),
    Case(
      name: "all sold with a gain", steps: [deposit(1000), buy(10, 50), sell(10, 60)], cash: 1100,
      realised: 100, realisedAverage: 100),
    Case(
      name: "all sold with a loss and fees: 395 got for 505 paid",
      steps: [deposit(1000), buy(10, 50, fee: 5), sell(10, 40, fee: 5)], cash: 890, realised: -110,
      realisedAverage: -110, fees: 10),
    // 1,948 got; by lots for 1,001 and half of 1,201, by average for 15 of 20 units that cost 2,202.
    Case(
      name: "a sale across two lots",
      steps: [deposit(10_000), buy(10, 100, fee: 1), buy(10, 120, fee: 1), sell(15, 130, fee: 2)],
      cash: 9746, units: 5, cost: 600.50, averageCost: 550.50, realised: 346.50,
      realisedAverage: 296.50, fees: 4),
    Case(
      name: "both ways of telling agree once all is sold",
      steps: [
        deposit(10_000), buy(10, 100, fee: 1), buy(10, 120, fee: 1), sell(15, 130, fee: 2),
        sell(5, 90),
      ], cash: 10_196, realised: 196, realisedAverage: 196, fees: 4),
    Case(
      name: "the average begins anew after all was sold",
      steps: [deposit(1000), buy(10, 10), sell(10, 12), buy(10, 20)], cash: 820, units: 10,
      cost: 200, averageCost: 200, realised: 20, realisedAverage: 20),
    // By lots 280 − 50 − 40; by average 280 − 7 × 20.
    Case(
      name: "a sale across lots of three",
      steps: [deposit(1000), buy(5, 10), buy(5, 20), buy(5, 30), sell(7, 40)], cash: 980, units: 8,
      cost: 210, averageCost: 160, realised: 190, realisedAverage: 140),
    // Then by lots 100 − 60 − 30, by average 100 − 80.
    Case(
      name: "another sale across lots of three",
      steps: [deposit(1000), buy(5, 10), buy(5, 20), buy(5, 30), sell(7, 40), sell(4, 25)],
      cash: 1080, units: 4, cost: 120, averageCost: 80, realised: 200, realisedAverage: 160),
    Case(
      name: "two for one", steps: [deposit(1000), buy(10, 100), .split(0, 2), sell(5, 60)],
      cash: 300, units: 15, cost: 750, averageCost: 750, realised: 50, realisedAverage: 50),
    Case(
      name: "one for ten", steps: [deposit(1000), buy(100, 1.5), .split(0, 0.1), sell(4, 20)],
      cash: 930, units: 6, cost: 90, averageCost: 90, realised: 20, realisedAverage: 20),
    // 15 at 20 and 6 at 24; by average 444 for 21.
    Case(
      name: "three for two over two lots",
      steps: [deposit(1000), buy(10, 30), buy(4, 36), .split(0, 1.5), sell(18, 25)], cash: 1006,
      units: 3, cost: 72, averageCost: 63.43, realised: 78, realisedAverage: 69.43),
    Case(
      name: "a split of what is not held", steps: [deposit(100), .split(0, 7), buy(1, 40)],
      cash: 60, units: 1, cost: 40, averageCost: 40),
    Case(
      name: "a dividend", steps: [deposit(1000), buy(10, 50), entry(.dividend, 12.34, 0)],
      cash: 512.34, units: 10, cost: 500, averageCost: 500, income: 12.34),
    Case(
      name: "interest names no symbol", steps: [deposit(1000), entry(.dividend, 3.21)],
      cash: 1003.21, sundry: 3.21),
    Case(
      name: "a fee of a symbol", steps: [deposit(1000), buy(10, 50), entry(.fee, -2.50, 0)],
      cash: 497.50, units: 10, cost: 500, averageCost: 500, income: -2.50),
    Case(
      name: "a fee of a wallet", steps: [deposit(1000), entry(.fee, -9.99)], cash: 990.01,
      sundry: -9.99),
    // 10 bring 999; 4 are bought back at 90.25.
    Case(
      name: "a short, bought back in part", steps: [sell(10, 100, fee: 1), buy(4, 90, fee: 1)],
      cash: 638, units: -6, cost: -599.40, averageCost: -599.40, realised: 38.60,
      realisedAverage: 38.60, fees: 2),
    Case(
      name: "a short of two lots, bought back in part",
      steps: [sell(10, 100), sell(10, 80), buy(15, 70)], cash: 750, units: -5, cost: -400,
      averageCost: -450, realised: 350, realisedAverage: 300),
    Case(
      name: "from short to long", steps: [sell(10, 100), buy(15, 80)], cash: -200, units: 5,
      cost: 400, averageCost: 400, realised: 200, realisedAverage: 200),
    Case(
      name: "from long to short", steps: [deposit(500), buy(10, 50), sell(15, 60)], cash: 900,
      units: -5, cost: -300, averageCost: -300, realised: 100, realisedAverage: 100),
    Case(
      name: "a split of a short", steps: [sell(10, 100), .split(0, 2), buy(20, 45)], cash: 100,
      realised: 100, realisedAverage: 100),
    Case(
      name: "a short pays the dividend", steps: [sell(10, 100), entry(.fee, -20, 0)], cash: 980,
      units: -10, cost: -1000, averageCost: -1000, income: -20),
    Case(
      name: "cash to another portfolio, with a fee",
      steps: [deposit(1000), entry(.transferOut, -101, fee: 1, counter: 9)], cash: 899, sundry: -1),
    Case(
      name: "dollars into euros",
      steps: [
        deposit(1000), entry(.transferOut, -110, counter: 1),
        entry(.transferIn, 100, wallet: 1, counter: 0),
      ], cash: 890, euros: 100),
    // By lots 10 at 10 and 5 at 20 go; by average three quarters of 300.
    Case(
      name: "units to another portfolio go by lots",
      steps: [
        deposit(300), buy(10, 10), buy(10, 20),
        entry(.transferOut, -2, 0, units: -15, price: 13.33, fee: 2, counter: 9),
      ], cash: -2, units: 5, cost: 100, averageCost: 75, income: -2),
    Case(
      name: "all units to another portfolio",
      steps: [
        deposit(300), buy(10, 10), buy(10, 20),
        entry(.transferOut, 0, 0, units: -20, price: 15, counter: 9),
      ], cash: 0),
    Case(
      name: "units from another portfolio bring their cost",
      steps: [entry(.transferIn, 0, 0, units: 15, price: 200.0 / 15, counter: 9), sell(6, 20)],
      cash: 120, units: 9, cost: 120, averageCost: 120, realised: 40, realisedAverage: 40),
    Case(
      name: "units that come to a short close it",
      steps: [sell(4, 50), entry(.transferIn, 0, 0, units: 10, price: 45, counter: 9)], cash: 200,
      units: 6, cost: 270, averageCost: 270, realised: 20, realisedAverage: 20),
    Case(
      name: "0.1 and 0.2 are sold as 0.3",
      steps: [deposit(10), buy(0.1, 10), buy(0.2, 10), sell(0.3, 20)],
      cash: 13, realised: 3, realisedAverage: 3),
    Case(
      name: "a lot that is dust beside another",
      steps: [deposit(2e6), buy(1e6, 1), buy(1e-6, 1), .split(0, 0.3), sell(300_000 + 3e-7, 4)],
      cash: 2_200_000, realised: 200_000, realisedAverage: 200_000),
    Case(
      name: "parts of a coin", steps: [deposit(10_000), buy(0.123_456_78, 43_210.99, fee: 4.27)],
      cash: 4661.04, units: 0.123_456_78, cost: 5338.96, averageCost: 5338.96, fees: 4.27),
    Case(
      name: "a third, three times",
      steps: [deposit(100), buy(1, 90), .split(0, 1.0 / 3), sell(1.0 / 3, 300)],
      cash: 110, realised: 10, realisedAverage: 10),
  ]

  @Test(arguments: cases)
  func workedByHand(_ expected: Case) throws {
    var ledger = BookLedger(wallets: 0..<2)
    for step in expected.steps {
      switch step {
      case .post(let entry): ledger.post(entry)
      case .split(let instrument, let ratio): ledger.split(instrument, ratio: ratio)
      }
    }
    func isCents(_ found: Double, _ wanted: Double) -> Bool { abs(found - wanted) < 0.005 }
    #expect(isCents(ledger.balances[0], expected.cash))
    #expect(isCents(ledger.balances[1], expected.euros))
    #expect(isCents(ledger.sundry[0], expected.sundry))
    let position = ledger.position(0)
    // Units are exact: nothing is left over by rounding.
    #expect(abs((position?.units ?? 0) - expected.units) <= 1e-12 * expected.units.magnitude)
    #expect(isCents(position?.cost ?? 0, expected.cost))
    #expect(isCents(position?.averageCost ?? 0, expected.averageCost))
    #expect(isCents(position?.realised ?? 0, expected.realised))
    #expect(isCents(position?.realisedAverage ?? 0, expected.realisedAverage))
    #expect(isCents(position?.income ?? 0, expected.income))
    #expect(isCents(position?.fees ?? 0, expected.fees))
    if let position, position.units == 0 { #expect(position.lots.isEmpty) }
  }

  @Test("what is not there is refused, and nothing else")
  func shortfalls() {
    var ledger = BookLedger(wallets: 0..<1)
    ledger.post(Entry(timeNs: 0, wallet: 0, kind: .deposit, cash: 100))
    ledger.post(
      Entry(timeNs: 0, wallet: 0, kind: .buy, instrument: 0, cash: -30, units: 3, price: 10))
    func lacks(
      _ kind: Entry.Kind, _ cash: Double, _ units: Double = 0, _ profile: Profile = Profile()
    )
      -> BookLedger.Shortfall?
    {
      ledger.shortfall(
        Entry(
          timeNs: 0, wallet: 0, kind: kind, instrument: units == 0 ? nil : 0, cash: cash,
          units: units, price: 10), profile)
    }
    #expect(lacks(.withdrawal, -70) == nil)
    #expect(lacks(.withdrawal, -70.01) == .cash(available: 70, needed: 70.01))
    #expect(lacks(.buy, -80, 8) == .cash(available: 70, needed: 80))
    #expect(lacks(.sell, 30, -3) == nil)
    #expect(lacks(.sell, 40, -4) == .units(held: 3, needed: 4))
    var bold = Profile()
    (bold.leverage, bold.allowsShort) = (2, true)
    #expect(lacks(.buy, -80, 8, bold) == nil)
    #expect(lacks(.sell, 40, -4, bold) == nil)
    // Borrowed money is for trades; and units that aren't there can't be handed over.
    #expect(lacks(.withdrawal, -80, 0, bold) == .cash(available: 70, needed: 80))
    #expect(lacks(.transferOut, 0, -4, bold) == .units(held: 3, needed: 4))
    // The last digits of sums are no debt.
    #expect(lacks(.withdrawal, -70 - 1e-11) == nil)
  }
}
