import Advice
import Books
import TestSupport
import Testing

/// The fewest and smallest trades, against all there are.
@Suite struct MinimalTradesTests {
  private func account(_ values: [Int], _ sectors: [String], cash: Int) -> SwitchAccount {
    SwitchAccount(
      lines: zip(values, sectors).enumerated().map { place, line in
        .init(symbol: "S\(place)", sector: line.1, units: Double(line.0), price: 1)
      }, wallets: [.init(id: "w", balance: Double(cash))])
  }

  @Test("no trades are fewer, and none trade less: all sales by whole twentieths, tried out")
  func bruteForce() {
    var random = TestRandom(seed: 11)
    var moved = 0
    for round in 0..<100 {
      var values = (0..<4).map { _ in random.int(0...40) }
      let sum = max(1, values.reduce(0, +))
      values = values.map { $0 * 20 / sum }
      values[0] += 20 - values.reduce(0, +) - (random.one(in: 2) ? 0 : 3)
      guard values.allSatisfy({ $0 >= 0 }) else { continue }
      let cash = 20 - values.reduce(0, +)
      let sectors = (0..<4).map { _ in random.pick(["X", "Y"]) }
      let account = account(values, sectors, cash: cash)
      var limits = TradeLimits(
        upper: values.map { _ in random.one(in: 5) ? 0 : Double(random.int(3...20)) / 20 })
      limits.sector = Double(random.int(4...20)) / 20
      limits.invested = Double(random.int(10...20)) / 20
      var best: (count: Int, sum: Int) = (9, 999)
      func isKept(_ left: [Int]) -> Bool {
        limits.excess(left.map { Double($0) / 20 }, account) <= 1e-9
      }
      for a in 0...values[0] {
        for b in 0...values[1] {
          for c in 0...values[2] {
            // The last one by whatever is missing, from little to much.
            for d in 0...values[3]
            where isKept([values[0] - a, values[1] - b, values[2] - c, values[3] - d]) {
              let sold = [a, b, c, d]
              best.count = min(best.count, sold.count { $0 > 0 })
              best.sum = min(best.sum, sold.reduce(0, +))
              break
            }
          }
        }
      }
      let plan = SwitchChoice(
        account, weights: [0, 0, 0, 0], limits: limits, costs: TradeCosts()
      ).minimal
      #expect(limits.excess(plan.weights, account) <= 1e-9, "round \(round)")
      #expect(plan.tradeCount == best.count, "round \(round): \(values) \(sectors) \(limits)")
      #expect((plan.turnover - Double(best.sum)).magnitude < 1e-9, "round \(round)")
      if best.count > 0 { moved += 1 }
    }
    #expect(moved > 30)
  }

  @Test("a portfolio within its limits is left alone")
  func within() {
    let account = account([40, 30], ["X", "Y"], cash: 30)
    var profile = Profile()
    profile.maxWeight = 0.4
    profile.minCash = 0.3
    let choice = SwitchChoice(
      account, weights: [0.3, 0.3], limits: TradeLimits(profile, account), costs: TradeCosts())
    #expect(choice.minimal.tradeCount == 0)
    #expect(choice.net.tradeCount == 1)
  }

  @Test("costs are part of the limit: a weight is of what is left")
  func withCosts() {
    let account = account([600, 400], ["X", "Y"], cash: 0)
    var profile = Profile()
    profile.maxWeight = 0.5
    var costs = TradeCosts()
    costs.commission.rate = 0.01
    let plan = SwitchChoice(
      account, weights: [0.5, 0.5], limits: TradeLimits(profile, account), costs: costs
    ).minimal
    // 600 − s = (1,000 − s / 100) / 2, so s = 100 / 0.995.
    #expect((plan.turnover - 100 / 0.995).magnitude < 1e-9)
    #expect((plan.weights[0] - 0.5).magnitude < 1e-12)
    #expect(plan.tradeCount == 1)
  }

  @Test("within a band both sides are traded to its edges")
  func band() {
    let account = account([500, 300, 100], ["X", "X", "Y"], cash: 100)
    var limits = TradeLimits(upper: [1, 1, 1])
    limits.invested = 1
    limits.target = [0.3, 0.3, 0.4]
    limits.band = 0.1
    let plan = SwitchChoice(
      account, weights: [0.3, 0.3, 0.4], limits: limits, costs: TradeCosts()
    ).minimal
    #expect(zip(plan.weights, [0.4, 0.3, 0.3]).allSatisfy { ($0 - $1).magnitude < 1e-12 })
    #expect(plan.tradeCount == 2)
  }

  @Test("a risk that is too large is sold where it is largest")
  func risk() {
    let account = account([50, 50], ["X", "Y"], cash: 0)
    // Two symbols without correlation; the first has twice the volatility.
    func riskiest(_ weights: [Double]) -> [Double]? {
      let variance = 4 * weights[0] * weights[0] + weights[1] * weights[1]
      return variance > 0.8125 * (1 + 1e-12) ? [4 * weights[0], weights[1]] : nil
    }
    let plan = SwitchChoice(
      account, weights: [0, 0], limits: TradeLimits(upper: [1, 1]), costs: TradeCosts(),
      riskiest: riskiest
    ).minimal
    // 4a² + 0.25 = 0.8125.
    #expect((plan.weights[0] - 0.375).magnitude < 1e-9)
    #expect(plan.weights[1] == 0.5)
  }

  @Test("the least trades never cost more than differences, and those no more than a full switch")
  func costs() {
    var random = TestRandom(seed: 3)
    for round in 0..<400 {
      let account = SwitchPlanTests.account(&random, lots: true)
      let costs = SwitchPlanTests.costs(&random)
      var profile = Profile()
      profile.maxWeight = Double(random.int(1...10)) / 10
      profile.maxSectorWeight = Double(random.int(3...10)) / 10
      profile.minCash = 0.02
      if random.one(in: 3) { profile.excludedSectors = ["Z"] }
      var limits = TradeLimits(profile, account)
      let raw = zip(account.lines, limits.upper).map { line, upper in
        upper == 0 ? 0 : min(profile.maxWeight, profile.maxSectorWeight / 7, 0.98 / 7)
      }
      if random.one(in: 2) { (limits.target, limits.band) = (raw, 0.05) }
      let choice = SwitchChoice(account, weights: raw, limits: limits, costs: costs)
      #expect(choice.minimal.cost <= choice.net.cost, "round \(round)")
      #expect(choice.minimal.after.wallets.allSatisfy { $0.balance > -1e-9 }, "round \(round)")
      #expect(
        choice.net.cost <= choice.full.cost * (1 + 1e-9) + 1e-9,
        "round \(round): \(choice.net.cost) and \(choice.full.cost)")
    }
  }
}
