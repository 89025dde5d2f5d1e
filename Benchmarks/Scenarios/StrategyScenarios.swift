import BenchmarkKit
import BenchmarkReference
import Market
import Metrics
import Simulation

/// Swift strategies under the rule book.
let strategyScenarios: [Scenario] = [
  Scenario(
    "strategies/sma-cross", unit: .bars, limit: "the same account in C", prepare: crossover),
  Scenario(
    "strategies/bracket", unit: .bars, limit: "the same account in C, without exits",
    prepare: bracket),
]

/// A cross of two moving averages that gives orders, over one symbol.
///
/// Data: 1,000,000 minutes. Each bar the strategy updates two totals and compares; the ledger marks, and keeps all its sums.
/// Limit: a loop in C that does what this one strategy needs.
private func crossover(_ context: ScenarioContext) throws -> Workload {
  try workload(context, exits: false)
}

/// The same with a stop and a target, so that two orders wait in each bar of a position.
///
/// Limit: as for the cross alone.
private func bracket(_ context: ScenarioContext) throws -> Workload {
  try workload(context, exits: true)
}

private let fee = 0.0001
private let cash = 100_000.0

private func workload(_ context: ScenarioContext, exits: Bool) throws -> Workload {
  let bars = context.size(1_000_000, tiny: 2_000)
  let panel = Fixture.panel(
    try Fixture.draft(bars: bars, symbols: 1, frequency: .minute))
  var rules = ExecutionRules()
  rules.commission.rate = fee
  let run = AccountRun(panel: panel, symbols: [0], rules: rules, cash: cash, window: 0..<bars)
  let engine = StrategyEngine(run: run, strategy: AverageCross(fast: 20, slow: 100, exits: exits))
  let open = Fixture.column(panel, field: "open", symbol: 0)
  let close = Fixture.column(panel, field: "close", symbol: 0)
  let expected = apus_reference_cross_account(open, close, bars, 20, 100, fee, cash)
  let found = engine.simulate()
  if !exits {
    let difference = (found.finalEquity - expected.equity).magnitude
    guard difference <= 1e-9 * expected.equity, found.trades == Int(expected.trades) else {
      throw BenchmarkError.disagreement(
        what: "final equity of the cross", found: "\(found.finalEquity)",
        expected: "\(expected.equity)")
    }
  }
  return Workload(
    work: Double(bars),
    contestants: [Contestant("StrategyEngine") { blackHole(engine.simulate()) }],
    limit: Contestant("C loop") {
      blackHole(apus_reference_cross_account(open, close, bars, 20, 100, fee, cash).equity)
    })
}

/// Long with all cash while the fast average is above the slow one.
private struct AverageCross: Strategy {
  let fast: Int
  let slow: Int
  let exits: Bool
  private var fastSum = 0.0
  private var slowSum = 0.0

  init(fast: Int, slow: Int, exits: Bool) {
    self.fast = fast
    self.slow = slow
    self.exits = exits
  }

  var warmupBars: Int { slow }

  mutating func observe(_ view: borrowing BarView) {
    let close = view.close()
    fastSum += close
    slowSum += close
    if view.barCount > fast { fastSum -= view.close(lag: fast) }
    if view.barCount > slow { slowSum -= view.close(lag: slow) }
  }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    observe(view)
    let isAbove = fastSum * Double(slow) > slowSum * Double(fast)
    if isAbove == (view.units() > 0) { return }
    if !isAbove {
      desk.close()
    } else if exits {
      desk.bracket(
        Order(.fractionOfEquity(1)), isLong: true, stopFraction: 0.01, targetFraction: 0.02)
    } else {
      desk.submit(Order(.fractionOfEquity(1)))
    }
  }
}
