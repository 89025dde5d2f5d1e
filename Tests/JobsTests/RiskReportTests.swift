import Risk
import Storage
import TestSupport
import Testing

import Jobs

/// What a report of risk says where symbols are young, and of what a spec asks besides its parts.
///
/// Of the sample market's symbols, CCC begins after a fifth of the bars.
@Suite struct RiskReportTests {
  private func outcome(_ rest: String, data: String = "", bars: Int = 400) throws
    -> RiskJob.Outcome
  {
    let bench = try Workbench(SampleMarket.draft(bars: bars))
    let spec = try Spec(text: "{ apus: 1, data: { store: 'prices.h5', \(data) }, \(rest) }")
    return try RiskJob(
      plan: RiskPlan(spec: spec, storePath: bench.store),
      options: RunJob.Options(output: bench.folder.path("risk.h5"))
    ).run()
  }

  private func values(_ group: ResultGroup, _ name: String) throws -> [Double] {
    guard case .doubles(let values) = try #require(group.variables.first { $0.name == name }).values
    else { return [] }
    return values
  }

  /// A symbol that no portfolio holds takes no bar away from random paths, whatever they are drawn from.
  @Test(arguments: ["bootstrap", "gaussian", "student_t"])
  func pathsOfWhatIsHeld(model: String) throws {
    func group(_ symbols: String) throws -> ResultGroup {
      try outcome(
        "portfolios: { weights: { one: { AAA: 0.8 } } }, "
          + "risk: { monte_carlo: { paths: 64, bars: 20, model: '\(model)' } }",
        data: "symbols: \(symbols)"
      ).best.groups[0]
    }
    #expect(try group("'all'") == group("['AAA']"))
  }

  @Test func manyBarsLeftOut() throws {
    let found = try outcome(
      "portfolios: { weights: { two: { AAA: 0.5, CCC: 0.5 } } }, "
        + "risk: { monte_carlo: { paths: 64, bars: 20 } }")
    let warnings = found.summary.warnings.filter { $0.code == "monte_carlo" }
    #expect(warnings.count == 1 && warnings[0].message.contains("CCC has the fewest"))
    let rows = found.best.groups[0].attributes.first { $0.name == "rows" }
    #expect(rows?.value.hasSuffix(" of 399 bars") ?? false)
  }

  @Test func covariancesOfFewBars() throws {
    func codes(_ settings: String) throws -> [String] {
      try outcome("risk: { covariance: { \(settings) } }").summary.warnings.map(\.code)
    }
    #expect(try codes("").contains("covariance"))
    #expect(try !codes("missing: 'pairwise'").contains("covariance"))
  }

  /// Bars before a portfolio's first return are no returns of 0, in neither part of a report.
  @Test func contributionsOfAYoungSymbol() throws {
    let groups = try outcome(
      "portfolios: { weights: { young: { CCC: 1 }, old: { AAA: 1 } } }, "
        + "risk: { var: { models: ['historical', 'gaussian'], levels: [0.95] }, contributions: {} }"
    ).best.groups
    let (forecasts, totals) = try (
      values(groups[0], "value_at_risk"), values(groups[1], "value_at_risk")
    )
    for portfolio in 0..<2 {
      #expect(abs(forecasts[2 * portfolio] - totals[portfolio]) < 1e-15)
    }
  }

  @Test func conventionBenchmarkAndCalendar() throws {
    let body =
      "portfolios: { weights: { one: { AAA: 1 } } }, metrics: ['var_95', 'beta', 'best_month']"
    func row(_ extra: String, data: String) throws -> (RiskJob.Outcome, [Double]) {
      let found = try outcome(body + extra, data: data)
      return (found, found.best.metrics.map { $0.values[0] })
    }
    let (ours, plain) = try row("", data: "benchmark: 'AAA'")
    #expect(plain[0] > 0 && abs(plain[1] - 1) < 1e-12 && plain[2] > 0)
    #expect(ours.best.attributes.benchmark == "AAA")
    let (theirs, other) = try row(", convention: 'quantstats'", data: "")
    #expect(other[0] < 0 && other[1].isNaN)
    #expect(theirs.best.attributes.convention == "quantstats")
    #expect(throws: SpecError.self) { try row("", data: "benchmark: 'AAB'") }
  }

  /// The table keeps what is told of a symbol; the summary has codes alone, as its schema says.
  @Test func reasonsAreCodes() throws {
    let found = try outcome(
      "portfolios: { weights: { young: { CCC: 1 } } }, risk: { gaps: 'refuse' }")
    #expect(found.best.reason[0].hasPrefix("missing_returns: CCC"))
    #expect(found.summary.leaderboard.rows[0].reasons["sharpe"] == "missing_returns")
  }

  /// A portfolio without figures is told of once, and not looked at in detail.
  @Test func failedPortfolios() throws {
    let found = try outcome(
      "portfolios: { weights: { huge: { AAA: 1e300, BBB: -1e308 }, one: { AAA: 1 } } }, "
        + "risk: { contributions: {}, brinson: {} }")
    for group in found.best.groups {
      #expect(group.labels(of: "portfolio") == .texts(["one"]))
    }
    let none = try outcome(
      "portfolios: { weights: { huge: { AAA: 1e300, BBB: -1e308 } } }, risk: { contributions: {} }")
    #expect(none.best.groups.isEmpty && none.summary.warnings.contains { $0.code == "no_figures" })
  }

  @Test(arguments: [
    ("factors: { pca: 1000 }", "risk.factors: count: found 1000"),
    ("stress: [{ worst: 100000 }]", "risk.stress: a search"),
    ("monte_carlo: { block: 5000 }", "risk.monte_carlo: block: found 5000"),
    ("monte_carlo: { covariance: 'sample' }", "risk.monte_carlo.covariance: found"),
    ("monte_carlo: { levels: [] }", "risk.monte_carlo.levels: found an empty list"),
    ("var: { levels: [] }", "risk.var.levels: found an empty list"),
    ("stress: []", "risk.stress: found an empty list"),
  ])
  func mistakesHaveAPath(risk: String, part: String) throws {
    do {
      _ = try outcome("risk: { \(risk) }")
      Issue.record("no mistake was found")
    } catch let error as SpecError {
      #expect("\(error)".contains(part), "\(error)")
    }
  }
}
