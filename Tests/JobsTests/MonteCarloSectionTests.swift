import Foundation
import Storage
import Testing

import Jobs

@Suite struct MonteCarloSectionTests {
  private let bench: Workbench

  init() throws { bench = try Workbench(SampleMarket.draft(bars: 120, seed: 3).unending) }

  private func run(_ section: String, workers: Int = 2, to name: String = "r.h5") throws
    -> ResultTable
  {
    let spec = try Spec(
      text: """
        { apus: 1, data: { store: 'prices.h5', symbols: ['AAA', 'CCC'] }, portfolios: 'each', seed: 4,
          strategy: { long_entry: 'close > sma(close, 5)', long_exit: 'close < sma(close, 5)' },
          execution: { commission: { bps: 10 } }, metrics: ['total_return'],
          rank: { by: 'total_return' }, risk: { monte_carlo: \(section) } }
        """)
    var options = RunJob.Options(output: bench.folder.path(name))
    options.force = true
    options.workers = workers
    return try RiskJob(plan: RiskPlan(spec: spec, storePath: bench.store), options: options).run()
      .best
  }

  @Test func everyModelTellsItsFigures() throws {
    for model in ["bootstrap", "gaussian", "student_t"] {
      let section = "{ model: '\(model)', paths: 64, bars: 20, levels: [0.9], barrier: 0.5 }"
      let groups = try run(section).groups
      #expect(groups.map(\.name) == ["monte_carlo", "monte_carlo_convergence"])
      let again = try run(section, workers: 7).groups
      #expect(groups == again)
      guard case .doubles(let values) = groups[0].variables[0].values else {
        Issue.record("no numbers")
        return
      }
      #expect(values.allSatisfy { $0.isFinite })
    }
  }

  @Test func theStrategyRunsOnPaths() throws {
    let section = "{ paths: 9, bars: 5, block: 3, engine: true }"
    let groups = try run(section).groups
    #expect(groups.last?.name == "monte_carlo_engine")
    let again = try run(section, workers: 1).groups
    #expect(groups == again)
  }

  @Test func mistakesAreToldWithTheirPlace() {
    for (section, part) in [
      ("{ model: 'normal' }", "risk.monte_carlo.model"),
      ("{ freedom: 5 }", "risk.monte_carlo.freedom"),
      ("{ model: 'student_t', freedom: 2 }", "risk.monte_carlo.freedom"),
      ("{ levels: [0.99, 0.95] }", "risk.monte_carlo.levels"),
      ("{ covariance: 'ledoit' , model: 'gaussian' }", "risk.monte_carlo.covariance"),
      ("{ paths: 0 }", "risk.monte_carlo.paths"), ("{ way: 1 }", "risk.monte_carlo.way"),
      ("{ model: 'gaussian', engine: true, paths: 8 }", "execution.fill"),
      ("{ block: 1e6 }", "block"),
    ] {
      do {
        _ = try run(section)
        Issue.record("no mistake in \(section)")
      } catch { #expect("\(error)".contains(part), "\(section): \(error)") }
    }
  }
}
