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
  func plan(_ symbol: String, from day: String) throws -> RunPlan {
    let text = """
      { apus: 1, data: { store: "-", symbols: ["\(symbol)"], from: "\(day)" },
        strategy: { \(strategy) }, account: { cash: 100000 }, execution: { \(execution) } }
      """
    return try RunPlan(spec: Spec(text: text), storePath: PeerMarket.of(symbol).store)
  }

  /// Holds every engine that can run the rule against a golden case.
  func check(_ peer: String, _ name: String) throws {
    let golden = try PeerGolden.load(peer)
    let runs = try #require(golden.cases[name])
    #expect(runs.count >= 5)
    for (symbol, run) in runs {
      let market = try PeerMarket.of(symbol)
      let plan = try plan(symbol, from: run.from)
      let engine = LaneEngine(run: plan.run, kernels: KernelVariant.best.kernels, workers: 1)
      let record = try engine.replay(lane: 0)
      let differences = golden.differences(
        market.fills(of: record, from: run.from), market.equity(of: record, from: run.from),
        from: run)
      #expect(differences.isEmpty, "\(name), \(symbol): \(differences.joined(separator: "\n"))")
    }
  }
}
