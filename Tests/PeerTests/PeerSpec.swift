import Jobs
import Simulation
import Testing

/// A rule as the text of a spec, which is run on every symbol of a golden case.
struct PeerSpec {
  let strategy: String
  let execution: String

  init(_ strategy: String, _ execution: String) {
    self.strategy = strategy
    self.execution = execution
  }

  /// The plan of a run.
  func plan(_ symbols: [String], from day: String, warmUp: String = "history") throws -> RunPlan {
    let names = symbols.map { "'\($0)'" }.joined(separator: ", ")
    let text = """
      { apus: 1, data: { store: "-", symbols: [\(names)], from: "\(day)", warm_up: "\(warmUp)" },
        strategy: { \(strategy) }, account: { cash: 100000 }, execution: { \(execution) } }
      """
    return try RunPlan(spec: Spec(text: text), storePath: PeerMarket.of(symbols[0]).store)
  }

  /// Holds the engine that a run would take, and the rule book, against a golden case of one symbol a run.
  func check(_ peer: String, _ name: String) throws {
    let golden = try PeerGolden.load(peer)
    let runs = try #require(golden.cases[name])
    #expect(runs.count >= 5)
    for (symbol, run) in runs {
      let plan = try plan([symbol], from: run.from)
      let account = AccountRun(
        panel: plan.run.panel, symbols: plan.run.symbols, rules: plan.spec.execution,
        cash: plan.run.cash, window: plan.run.window, historyStart: plan.run.historyStart)
      let ruleBook = AccountEngine(
        run: account, strategy: plan.run.strategy, kernels: KernelVariant.best.kernels, workers: 1)
      for engine in [plan.simulator(variant: .best, workers: 1), ruleBook] as [any LaneSimulator] {
        let found = try golden.differences(engine.replay(lane: 0), [symbol], from: run)
        #expect(found.isEmpty, "\(name), \(symbol), \(type(of: engine)): \(found)")
      }
    }
  }
}

extension PeerGolden {
  /// Where a record of ours leaves a run, in words.
  func differences(_ record: LaneRecord, _ symbols: [String], from run: Run) throws -> [String] {
    let market = try PeerMarket.of(symbols[0])
    return differences(
      market.fills(of: record, from: run.from, symbols: symbols.count == 1 ? [""] : symbols),
      market.equity(of: record, from: run.from), from: run)
  }
}
