import Kernels
import Metrics
import Simulation
import Testing

/// Deposits, withdrawals, and the two returns that tell them from profits.
@Suite struct FlowTests {
  private static let year = Int64(DatedFlow.yearNs)

  /// Two bars of a year each: +10 %, then 1,000 more come in, then +20 %.
  @Test func returnsWorkedByHand() {
    var ledger = Ledger(
      symbolCount: 1, cash: 1000, rules: ExecutionRules(),
      flows: [CashFlow(bar: 1, amount: 1000)], keepsReturns: true, keepsRecord: true)
    ledger.beginBar(0)
    ledger.fill(units: 10, price: 100, fillPrice: 100, commission: 0, cause: .entry, bar: 0)
    ledger.endBar(0, close: 110)
    ledger.beginBar(1, elapsedNs: Self.year)
    #expect(ledger.cash == 1000)
    ledger.fill(
      units: 1000 / 110, price: 110, fillPrice: 110, commission: 0, cause: .entry, bar: 1)
    ledger.endBar(1, close: 132)
    var base = LaneSummary()
    base.bars = 2
    base.calendarDays = 730
    let summary = ledger.finishedRecord(base).summary
    #expect(abs(summary.finalEquity - 2520) < 1e-9)
    #expect(abs(summary.timeWeightedGrowth - 1.32) < 1e-12)
    #expect(summary.netFlows == 1000 && summary.deposits == 1000)
    #expect(abs((summary.returns?[1] ?? 0) - 0.2) < 1e-12)
    // 1,000 g² + 1,000 g = 2,520.
    let growth = (-1 + (1 + 4 * 2.52).squareRoot()) / 2
    #expect(abs(summary.moneyWeightedReturn - (growth - 1)) < 1e-12)
  }

  @Test func aWithdrawalTakesNoMoreThanTheCash() {
    var ledger = Ledger(
      symbolCount: 1, cash: 1000, rules: ExecutionRules(),
      flows: [CashFlow(bar: 1, amount: -700), CashFlow(bar: 1, amount: 50)])
    ledger.beginBar(0)
    ledger.fill(units: 6, price: 100, fillPrice: 100, commission: 0, cause: .entry, bar: 0)
    ledger.endBar(0, close: 100)
    ledger.beginBar(1)
    #expect(ledger.cash == 50)
    #expect(ledger.summary.missedWithdrawals == 300)
    ledger.endBar(1, close: 100)
    #expect(ledger.summary.netFlows == -350 && ledger.equity == 650)
  }

  /// A savings plan begins with nothing.
  @Test func anAccountMayBeginEmptyAndGiveAllBack() {
    var ledger = Ledger(
      symbolCount: 1, cash: 0, rules: ExecutionRules(),
      flows: [CashFlow(bar: 1, amount: 100), CashFlow(bar: 3, amount: -100)], keepsRecord: true)
    for bar in 0..<6 {
      ledger.beginBar(bar)
      ledger.endBar(bar, close: 10)
    }
    #expect(!ledger.isRuined)
    #expect(ledger.record?.equity == [0, 0 + 100, 100, 0, 0, 0])
    var summary = LaneSummary()
    ledger.complete(&summary)
    #expect(summary.timeWeightedGrowth == 1 && summary.maxDrawdown == 0)
  }

  @Test func rateOfReturnOfManyFlows() {
    func rate(_ flows: [(Double, Double)], _ final: Double, _ years: Double) -> Double {
      DatedFlow.internalRate(
        of: flows.map { DatedFlow(years: $0.0, amount: $0.1) }, final: final, years: years)
    }
    #expect(rate([(0, 100)], 100, 1) == 0)
    #expect(abs(rate([(0, 100)], 121, 2) - 0.1) < 1e-12)
    #expect(abs(rate([(0, 100)], 1, 1) + 0.99) < 1e-12)
    #expect(abs(rate([(0, 100)], 1e6, 1) / 9999 - 1) < 1e-12)
    // Excel's example of XIRR: 37.34 %; its years have 365 days.
    let days: [(Double, Double)] = [(0, 10_000), (60, -2750), (303, -4250), (411, -3250)]
    let excel = rate(days.map { ($0.0 / 365, $0.1) }, 2750, 456.0 / 365)
    #expect(abs(excel - 0.373362535) < 1e-8)
    // −100 + 230/(1+r) − 132/(1+r)² = 0 at 10 % and 20 %: the one nearer to zero.
    #expect(abs(rate([(0, 100), (1, -230)], -132, 2) - 0.1) < 1e-9)
    // Nothing left, or nothing ever paid in.
    #expect(rate([(0, 100), (0.5, 50)], 0, 1).isNaN)
    #expect(rate([(0, 0)], 50, 1).isNaN)
    #expect(rate([(0, 100)], 110, 0).isNaN)
    // A millisecond and a century.
    #expect(rate([(0, 100)], 100.0001, 1 / 3.15e10) == .infinity)
    #expect(abs(rate([(0, 1), (50, 1)], 100, 100) - 0.0449) < 0.01)
  }

  /// The rate found is one: what was paid in grows by it to what there is.
  @Test(arguments: batches(of: 50, in: 0..<200))
  func theRateExplainsTheFlows(seeds: Range<Int>) {
    for seed in seeds {
      var random = SeededGenerator(seed: seed)
      let flows = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        DatedFlow(years: random.uniform(0, 5), amount: random.uniform(-100, 1000))
      }
      let final = random.uniform(0.01, 10_000)
      let rate = DatedFlow.internalRate(of: flows, final: final, years: 5)
      // Next to −1 the number can't tell what is left.
      guard rate > -0.9999 else { continue }
      var value = 0.0
      var size = final
      for flow in flows {
        let grown = flow.amount * power(1 + rate, 5 - flow.years)
        value += grown
        size += grown.magnitude
      }
      #expect((value - final).magnitude <= 1e-9 * size, "seed \(seed)")
    }
  }

  private func power(_ base: Double, _ exponent: Double) -> Double {
    base <= 0 ? 0 : DeterministicMath.exp(exponent * DeterministicMath.log(base))
  }
}
