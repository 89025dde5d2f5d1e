import Advice
import TestSupport
import Testing

/// Switches worked by hand, to the cent, and what holds of all of them.
@Suite struct SwitchPlanTests {
  private func line(
    _ symbol: String, _ units: Double, _ price: Double, lot: Double = 0, currency: String = "USD",
    rate: Double = 1
  ) -> SwitchAccount.Line {
    .init(symbol: symbol, units: units, price: price, currency: currency, rate: rate, lot: lot)
  }

  private func isCents(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude < 0.005 }

  @Test("a purchase of all money leaves room for its commission and its slippage")
  func allMoney() {
    let account = SwitchAccount(
      lines: [line("A", 0, 100)], wallets: [.init(id: "w", balance: 10_000)])
    var costs = TradeCosts()
    costs.commission.rate = 0.001
    let plan = SwitchPlan.make(account, weights: [1], costs: costs, kind: .net)
    // 10,000 / (100 × 1.001).
    #expect((plan.after.lines[0].units - 99.900_099_900_1).magnitude < 1e-9)
    #expect(isCents(plan.cost, 9.99))
    #expect(plan.after.wallets[0].balance.magnitude < 1e-8)
    costs.slippage.rate = 0.002
    let worse = SwitchPlan.make(account, weights: [1], costs: costs, kind: .net)
    // 10,000 / (100 × 1.002 × 1.001) at 100.20 each.
    #expect((worse.after.lines[0].units - 99.700_698_503_1).magnitude < 1e-8)
    #expect(isCents(worse.slippage, 19.94))
    #expect(isCents(worse.commission, 9.99))
  }

  @Test("whole units: sales up, purchases down, one of money an order")
  func wholeUnits() {
    let account = SwitchAccount(
      lines: [line("A", 10, 100, lot: 1), line("B", 5, 50, lot: 1), line("C", 0, 30, lot: 1)],
      wallets: [.init(id: "w", balance: 750)])
    var costs = TradeCosts()
    costs.commission.fixed = 1
    let net = SwitchPlan.make(account, weights: [0.25, 0, 0.5], costs: costs, kind: .net)
    // 2,000 less 3 orders: A 4.99 units, C 33.28.
    #expect(net.after.lines.map(\.units) == [4, 0, 33])
    #expect(net.sales.map(\.units) == [-6, -5])
    #expect(net.purchases.map(\.units) == [33])
    #expect(net.cost == 3)
    #expect(net.after.wallets[0].balance == 750 + 599 + 249 - 991)
    let full = SwitchPlan.make(account, weights: [0.25, 0, 0.5], costs: costs, kind: .full)
    #expect(full.sales.map(\.units) == [-10, -5])
    #expect(full.after.lines.map(\.units) == [4, 0, 33])
    #expect(full.cost == 4)
    #expect(full.after.wallets[0].balance == 750 + 999 + 249 - 401 - 991)
  }

  @Test("an odd lot is sold whole")
  func oddLot() {
    let account = SwitchAccount(
      lines: [line("A", 3.7, 10, lot: 100)], wallets: [.init(id: "w", balance: 0)])
    let plan = SwitchPlan.make(account, weights: [0], costs: TradeCosts(), kind: .net)
    #expect(plan.after.lines[0].units == 0)
    #expect(isCents(plan.after.wallets[0].balance, 37))
  }

  @Test("money goes between currencies where a purchase needs it, sales first")
  func currencies() {
    let account = SwitchAccount(
      lines: [line("A", 10, 100), line("E", 0, 50, currency: "EUR", rate: 1.25)],
      wallets: [
        .init(id: "usd", balance: 0), .init(id: "eur", currency: "EUR", balance: 20, rate: 1.25),
      ])
    let plan = SwitchPlan.make(account, weights: [0, 0.5], costs: TradeCosts(), kind: .net)
    // 1,025 in all; half of it is 410 EUR, of which 20 are there: 390 EUR are 487.50 USD.
    #expect(plan.moves.map { [$0.from, $0.to] } == [[0, 1]])
    #expect(isCents(plan.moves[0].amount, 487.5) && isCents(plan.moves[0].received, 390))
    #expect(isCents(plan.after.lines[1].units, 8.2))
    #expect(isCents(plan.after.wallets[0].balance, 512.5))
    #expect(plan.after.wallets[1].balance.magnitude < 1e-9)
    var costs = TradeCosts()
    costs.exchangeRate = 0.01
    let dear = SwitchPlan.make(account, weights: [0, 0.5], costs: costs, kind: .net)
    #expect((dear.after.equity + dear.cost - 1025).magnitude < 1e-9)
    #expect(isCents(dear.weights[1], 0.5))
  }

  @Test("what has no mark stays, and no money means no trades")
  func withoutMark() {
    let account = SwitchAccount(
      lines: [line("A", 10, .nan), line("B", 0, 10)], wallets: [.init(id: "w", balance: 100)])
    let plan = SwitchPlan.make(account, weights: [0, 1], costs: TradeCosts(), kind: .net)
    #expect(plan.after.lines.map(\.units) == [10, 10])
    let empty = SwitchAccount(lines: [line("B", 0, 10)], wallets: [.init(id: "w", balance: 0)])
    let none = SwitchPlan.make(empty, weights: [1], costs: TradeCosts(), kind: .net)
    #expect(none.tradeCount == 0 && !none.notes.isEmpty)
  }

  /// A random account with long positions in two currencies.
  static func account(_ random: inout TestRandom, lots: Bool) -> SwitchAccount {
    var lines: [SwitchAccount.Line] = []
    for place in 0..<random.int(1...7) {
      let isForeign = random.one(in: 4)
      lines.append(
        .init(
          symbol: "S\(place)", sector: random.pick(["X", "Y", "Z"]),
          units: random.one(in: 3) ? 0 : Double(random.int(1...400)) / 4,
          price: Double(random.int(1...40_000)) / 100, currency: isForeign ? "EUR" : "USD",
          rate: isForeign ? 1.25 : 1,
          lot: lots && !random.one(in: 3) ? Double(random.int(1...5)) : 0))
    }
    return SwitchAccount(
      lines: lines,
      wallets: [
        .init(id: "a", balance: Double(random.int(0...500_000)) / 100),
        .init(id: "b", currency: "EUR", balance: Double(random.int(0...9_999)) / 100, rate: 1.25),
        .init(id: "c", balance: Double(random.int(0...9_999)) / 100),
      ])
  }

  static func costs(_ random: inout TestRandom) -> TradeCosts {
    var costs = TradeCosts()
    costs.commission.rate = Double(random.int(0...50)) / 10_000
    costs.commission.minimum = Double(random.int(0...3))
    costs.commission.fixed = random.one(in: 3) ? 1 : 0
    costs.slippage.rate = Double(random.int(0...20)) / 10_000
    costs.exchangeRate = random.one(in: 2) ? 0.002 : 0
    return costs
  }

  @Test("no wallet goes below zero, no money is made or lost, and no line exceeds its weight")
  func properties() {
    var random = TestRandom(seed: 5)
    for round in 0..<800 {
      let account = Self.account(&random, lots: true)
      let costs = Self.costs(&random)
      let raw = account.lines.map { _ in Double(random.int(0...9)) }
      let scale = 1 / max(1, raw.reduce(0, +) * (random.one(in: 3) ? 1 : 1.4))
      let weights = raw.map { $0 * scale }
      let plans = [TradePlan.Kind.net, .full].map {
        SwitchPlan.make(account, weights: weights, costs: costs, kind: $0)
      }
      for plan in plans {
        #expect(plan.after.wallets.allSatisfy { $0.balance > -1e-9 }, "round \(round)")
        let drift = plan.after.equity + plan.cost - account.equity
        #expect(drift.magnitude < 1e-9 * max(1, account.equity), "round \(round): \(drift)")
        var balances = account.wallets.map(\.balance)
        for trade in plan.sales { balances[trade.wallet] += trade.cash }
        for move in plan.moves {
          balances[move.from] -= move.amount
          balances[move.to] += move.received
        }
        for trade in plan.purchases {
          balances[trade.wallet] += trade.cash
          #expect(balances[trade.wallet] > -1e-9, "round \(round)")
        }
        #expect(balances == plan.after.wallets.map(\.balance), "round \(round)")
        for (weight, target) in zip(plan.weights, weights) where plan.after.equity > 1 {
          #expect(weight <= target + 1e-6, "round \(round): \(weight) over \(target)")
        }
      }
    }
  }
}
