import Jobs
import Storage
import Testing

/// A stock that was suspended all the time: its price stands still.
@Suite struct ConstantSymbolTests {
  private let bench: Workbench

  init() throws {
    let others = SampleMarket.draft(bars: 160, symbols: ["AAA", "ABB", "BCC", "BDD"])
    let width = others.symbols.count
    let closes = others.fields.first { $0.name == "close" }?.values ?? []
    var series = ["HALT": Array(repeating: 7.5, count: 160)]
    for (column, entry) in others.symbols.enumerated() {
      var last = 50.0
      series[entry.symbol] = (0..<160).map { bar in
        let close = closes[bar * width + column]
        if !close.isNaN { last = close }
        return last
      }
    }
    bench = try Workbench(SampleMarket.closes(series))
  }

  private func spec(_ rest: String) throws -> Spec {
    try Spec(text: "{ apus: 1, name: 'a', data: { store: 'prices.h5' }, \(rest) }")
  }

  private func allocate(_ rest: String) throws -> AllocateJob.Outcome {
    var options = AllocateJob.Options(output: bench.folder.path("a.h5"))
    options.force = true
    let plan = try AllocatePlan(spec: spec(rest), storePath: bench.store)
    return try AllocateJob(plan: plan, options: options).run()
  }

  private func texts(_ group: ResultGroup, _ name: String) -> [String] {
    guard case .texts(let texts)? = group.variables.first(where: { $0.name == name })?.values
    else { return [] }
    return Array(texts)
  }

  @Test(arguments: ["sample", "ledoit_wolf", "gerber", "denoised", "pca_factor"])
  func methodsGiveItNoWeight(covariance: String) throws {
    let outcome = try allocate(
      "convention: 'quantstats', allocate: { methods: ['hrp', 'herc', 'nco', 'risk_parity'], "
        + "covariance: '\(covariance)' }")
    #expect(outcome.failedCount == 0, "\(outcome.summary.warnings)")
    let group = try #require(outcome.table.groups.first { $0.name == "weights" })
    guard case .doubles(let weights)? = group.variables.first?.values else { return }
    for method in 0..<4 { #expect(weights[5 * method + 4] == 0) }
    for note in texts(group, "notes") {
      #expect(note.contains("without weight, as they don't vary: HALT"))
    }
    // What is told of the metrics is how they are computed.
    #expect(outcome.table.attributes.convention == "quantstats")
  }

  @Test func rebalancesGoOn() throws {
    let plan = try RunPlan(
      spec: spec("strategy: { weights: { allocate: 'hrp', covariance: 'ledoit_wolf' } }"),
      storePath: bench.store)
    #expect(plan.laneCount == 1)
    let short = try RunPlan(
      spec: spec(
        "strategy: { weights: { allocate: 'hrp', lookback: 40 }, rebalance: { every: 'month' } }"),
      storePath: bench.store)
    let codes = try bench.run(short).summary.warnings.map(\.code)
    #expect(!codes.contains("allocation_failed") && !codes.contains("usual_lookback"))
    let usual = try bench.run(plan, to: "usual.h5").summary.warnings
    #expect(usual.contains { $0.code == "usual_lookback" && $0.message.contains("252 bars") })
  }

  @Test func aReportGoesOn() throws {
    var options = RunJob.Options(output: bench.folder.path("r.h5"))
    options.force = true
    let plan = try RiskPlan(
      spec: spec(
        "portfolios: 'each', risk: { covariance: { estimator: 'ledoit_wolf' }, factors: { pca: 2 }, "
          + "stress: [{ volatility: 2 }, { shock: { AAA: -0.1 }, propagate: true }], "
          + "monte_carlo: { model: 'gaussian', paths: 20, bars: 5 } }"),
      storePath: bench.store)
    let outcome = try RiskJob(plan: plan, options: options).run()
    #expect(
      outcome.summary.warnings.contains {
        $0.message == "principal components leave out HALT: their variance by sample(pairwise) is 0"
      }, "\(outcome.summary.warnings)")
    let group = outcome.best.groups.first { $0.name == "principal_components" }
    let symbols = group?.dimensions.first { $0.name == "symbol" }?.labels
    #expect(symbols == .texts(["AAA", "ABB", "BCC", "BDD"]))
  }
}
