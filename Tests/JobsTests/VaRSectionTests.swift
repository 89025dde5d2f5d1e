import Storage
import TestSupport
import Testing

import Jobs

/// `risk.var` and `risk.contributions` through a whole job.
@Suite struct VaRSectionTests {
  private func groups(_ risk: String, workers: Int = 2) throws -> [ResultGroup] {
    let bench = try Workbench(SampleMarket.draft(bars: 400))
    let plan = try plan(risk, bench)
    var options = RunJob.Options(output: bench.folder.path("risk.h5"))
    options.workers = workers
    return try RiskJob(plan: plan, options: options).run().best.groups
  }

  private func plan(_ risk: String, _ bench: Workbench) throws -> RiskPlan {
    try RiskPlan(
      spec: Spec(
        text: "{ apus: 1, data: { store: 'prices.h5' }, portfolios: { weights: "
          + "{ half: { AAA: 0.5, CCC: 0.5 }, hedge: { AAA: 1, BBB: -0.3 } } }, risk: { \(risk) } }"),
      storePath: bench.store)
  }

  private func complaint(_ risk: String) throws -> String {
    let bench = try Workbench(SampleMarket.draft(bars: 60))
    do {
      _ = try plan(risk, bench)
      return "no mistake was found"
    } catch {
      return "\(error)"
    }
  }

  private func doubles(_ group: ResultGroup, _ name: String) throws -> [Double] {
    let variable = try #require(group.variables.first { $0.name == name })
    guard case .doubles(let values) = variable.values else { return [] }
    return values
  }

  @Test func forecastsBacktestsAndLeague() throws {
    let found = try groups(
      "var: { levels: [0.9, 0.95], models: ['historical', 'ewma', 'garch'], window: 200, "
        + "backtest: { window: 150, levels: [0.95] } }")
    #expect(found.map(\.name) == ["var", "var_backtest", "var_league"])
    let value = try doubles(found[0], "value_at_risk")
    let shortfall = try doubles(found[0], "expected_shortfall")
    #expect(value.count == 2 * 2 * 3 && value.allSatisfy { $0 > 0 && $0 < 0.2 })
    #expect(zip(value, shortfall).allSatisfy { $0 <= $1 })
    let forecasts = try doubles(found[1], "forecasts")
    #expect(forecasts.allSatisfy { $0 > 150 })
    #expect(try doubles(found[1], "missing").allSatisfy { $0 == 0 })
    let loss = try doubles(found[2], "quantile_loss_bps")
    #expect(loss.count == 6 && loss[0] <= loss[1] && loss[1] <= loss[2])
  }

  @Test func contributionsAddUp() throws {
    for (by, parts) in [("symbol", 3), ("sector", 2)] {
      for method in ["historical", "gaussian"] {
        let found = try groups("contributions: { by: '\(by)', method: '\(method)' }")[0]
        let components = try doubles(found, "component_var")
        let totals = try doubles(found, "value_at_risk")
        #expect(components.count == 2 * parts && totals.count == 2)
        for portfolio in 0..<2 {
          let sum = components[portfolio * parts..<(portfolio + 1) * parts].reduce(0, +)
          #expect(abs(sum - totals[portfolio]) < 1e-12 * abs(totals[portfolio]), "\(by) \(method)")
        }
      }
    }
  }

  @Test func sameForAnyNumberOfWorkers() throws {
    let risk =
      "var: { horizon: 3, backtest: { window: 120, refit: 20 } }, contributions: { by: 'sector' }"
    let one = try groups(risk, workers: 1).map { "\($0)" }
    #expect(try groups(risk, workers: 2).map { "\($0)" } == one)
    #expect(try groups(risk, workers: 7).map { "\($0)" } == one)
  }

  @Test(arguments: [
    ("var: { levels: [1.2] }", "risk.var.levels: found 1.2, expected a confidence above 0"),
    ("var: { levels: [0.9, 0.9] }", "0.9 twice"),
    ("var: { levels: 'x' }", "a list of confidences"),
    ("var: { models: ['garhc'] }", "risk.var.models: found garhc, expected one of historical"),
    ("var: { models: ['ewma', 'ewma(0.94)'] }", "ewma(0.94) twice"),
    ("var: { horizon: 0 }", "1 to 10000 bars"), ("var: { windw: 3 }", "Did you mean 'window'"),
    ("var: { models: ['garch'], backtest: { window: 30 } }", "50 returns or more for garch"),
    ("var: { backtest: { refit: 0 } }", "risk.var.backtest.refit"),
    ("contributions: { by: 'country' }", "no part 'country'"),
    ("contributions: { method: 'cornish_fisher' }", "gaussian, historical"),
  ])
  func mistakes(risk: String, part: String) throws {
    let text = try complaint(risk)
    #expect(text.contains(part), "\(text)")
  }

  /// Too short a history is a reason in the table, not the end of the report.
  @Test func shortHistory() throws {
    let found = try groups("var: { models: ['gaussian'], backtest: { window: 390 } }")
    #expect(try doubles(found[1], "quantile_loss").count == 4)
    let none = try groups("var: { models: ['gaussian'], backtest: { window: 1000 } }")
    let reasons = try #require(none[1].variables.first { $0.name == "reason" })
    guard case .texts(let texts) = reasons.values else { return }
    #expect(texts.allSatisfy { $0.contains("needs 1001 returns") })
  }
}
