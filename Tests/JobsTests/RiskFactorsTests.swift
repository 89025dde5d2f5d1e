import Foundation
import Kernels
import Market
import Risk
import Storage
import TestSupport
import Testing

import Jobs

/// `factors`, `brinson` and `stress` of `apus risk`, from a spec to the groups of its result.
@Suite struct RiskFactorsTests {
  private let bench: Workbench

  init() throws {
    var draft = SampleMarket.draft(bars: 260, symbols: ["AAA", "ABB", "BCC", "BDD"])
    // A market capitalisation that is known from the fourth bar on.
    let count = draft.symbols.count
    draft.fields.append(
      .init(
        name: "market_cap",
        values: (0..<260 * count).map { place in
          place / count < 3 && place % count > 0 ? .nan : Double(1 + place % count)
        }))
    bench = try Workbench(draft)
    var random = TestRandom(seed: 4)
    func percent() -> Double { Double(random.int(-200...200)) / 100 }
    var text = "date,Mkt-RF,SMB,RF\n"
    for bar in 0..<260 where bar % 50 != 7 {
      let date = CivilDate(daysSinceEpoch: SampleMarket.firstDay + Int64(bar))
      text += "\(date),\(percent()),\(percent()),0.0\(random.int(1...3))\n"
    }
    try bench.folder.write(text, to: "factors.csv")
    try bench.folder.write("symbol,weight\nAAA,3\nBDD,1\n", to: "index.csv")
    try bench.folder.write("symbol,weight\nAAA,3\nBDX,1\n", to: "other.csv")
  }

  private func plan(_ risk: String, data: String = "", portfolios: String = "'each'") throws
    -> RiskPlan
  {
    let text =
      "{ apus: 1, data: { store: 'prices.h5', \(data) }, portfolios: \(portfolios), risk: { \(risk) } }"
    let path = try bench.folder.write(text, to: "risk.json5")
    let (spec, store) = try SpecFile.load(path: path)
    return try RiskPlan(spec: spec, storePath: store)
  }

  private func groups(
    _ risk: String, data: String = "", portfolios: String = "'each'", workers: Int = 1
  ) throws -> [ResultGroup] {
    let plan = try plan(risk, data: data, portfolios: portfolios)
    var options = RunJob.Options(output: bench.folder.path("risk.h5"))
    options.force = true
    options.workers = workers
    return try RiskJob(plan: plan, options: options).run().best.groups
  }

  private func complaint(_ risk: String, data: String = "") -> String {
    do {
      _ = try groups(risk, data: data)
      return "no mistake was found"
    } catch {
      return "\(error)".replacingOccurrences(of: bench.folder.url.path, with: "…")
    }
  }

  private func values(_ groups: [ResultGroup], _ group: String, _ name: String) throws -> [Double] {
    let group = try #require(groups.first { $0.name == group })
    let variable = try #require(group.variables.first { $0.name == name })
    guard case .doubles(let values) = variable.values else { return [] }
    return values
  }

  private func attribute(_ groups: [ResultGroup], _ group: String, _ name: String) -> String {
    groups.first { $0.name == group }?.attributes.first { $0.name == name }?.value ?? "none"
  }

  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

  // MARK: Factors

  @Test func factorsEndToEnd() throws {
    let groups = try groups(
      "factors: { file: 'factors.csv', hac: 5, pca: { explained: 0.7 } }",
      portfolios: "{ weights: { long: { AAA: 0.6, BCC: 0.4 }, pair: { AAA: 1, ABB: -1 } } }")
    #expect(
      groups.map(\.name)
        == ["factors", "factor_series", "factor_exposures", "principal_components"])
    let contributions = try values(groups, "factors", "contribution")
    let totals = try values(groups, "factors", "compounded_return")
    let parts = try values(groups, "factors", "volatility")
    for portfolio in 0..<2 {
      // Rate, two factors, specific; and two factors, specific, total.
      let row = contributions[4 * portfolio..<4 * portfolio + 4]
      #expect(near(row.reduce(0, +), totals[portfolio]))
      let risk = parts[4 * portfolio..<4 * portfolio + 4]
      #expect(near(risk.prefix(3).reduce(0, +), risk.last ?? .nan))
    }
    let pca = try values(groups, "principal_components", "portfolio_volatility")
    let width = pca.count / 2
    #expect(near(pca[..<(width - 1)].reduce(0, +), pca[width - 1]))
    #expect(attribute(groups, "factors", "errors") == "Newey-West, 5 lags")
    let notes = attribute(groups, "factors", "notes")
    #expect(notes.contains("numbers are taken for per cent"))
    #expect(notes.contains("253 of 259 bars have factors; the others take no part"))
    // What is in the file is what was computed.
    let stored = try ResultStore.read(bench.folder.path("risk.h5"))
    #expect(stored.metrics.isEmpty == false)
  }

  @Test func exposuresAreThoseOfTheEngine() throws {
    let groups = try groups("factors: { file: 'factors.csv', columns: ['SMB'], risk_free: 'none' }")
    let own = try values(groups, "factors", "value")
    let symbols = try values(groups, "factor_exposures", "value")
    // Portfolios of one symbol each, ranked by Sharpe ratio: a symbol with gaps earns 0 in them, and its own regression leaves them out.
    #expect(own.count == 8 && symbols.count == 8)
    #expect(attribute(groups, "factors", "notes").contains("there is no rate without risk"))
  }

  @Test func mistakesInFactors() throws {
    #expect(
      complaint("factors: {}")
        == "risk.factors.file: is missing; expected the path of a file of factors, or pca")
    #expect(
      complaint("factors: { fil: 'factors.csv', pca: 2 }").hasPrefix(
        "line 1, risk.factors.fil: there is no such key. Did you mean 'file'?"))
    #expect(
      complaint("factors: { file: 7 }")
        == "line 1, risk.factors.file: found the number 7, expected the path of a file of factors, or a list of them"
    )
    #expect(
      complaint("factors: { columns: ['a'] }")
        == "risk.factors.file: is missing; expected the path of a file of factors, or a list of them, which columns tells of"
    )
    #expect(
      complaint("factors: { file: 'factors.csv', columns: ['MKT'] }").contains(
        "factors.csv has no column for 'MKT'"))
    #expect(
      complaint("factors: { file: 'factors.csv', hac: 'yes' }")
        == "line 1, risk.factors.hac: found the text \"yes\", expected true, or a number of lags from 0 to 1000"
    )
    #expect(complaint("factors: { file: 'gone.csv' }").contains("gone.csv cannot be read"))
    #expect(
      complaint("factors: { pca: { count: 2, explained: 0.5 } }").contains(
        "expected count or explained, not both"))
    #expect(
      complaint("factors: { pca: 9 }")
        == "risk.factors: count: found 9, expected 1 to 4, the symbols")
    #expect(
      complaint("factors: { pca: { covariance: 'ledoit' } }").hasPrefix(
        "line 1, risk.factors.pca.covariance: no covariance estimator 'ledoit'."))
    #expect(
      complaint("factors: { file: 'factors.csv', columns: ['MKT'] }").contains("has a header"))
  }

  // MARK: Brinson

  @Test(arguments: ["'equal'", "'market_cap'", "{ file: 'index.csv' }"])
  func effectsAddUp(_ benchmark: String) throws {
    let groups = try groups(
      "brinson: { benchmark: \(benchmark), by: 'sector', period: 'month' }",
      data: "from: '2014-02-01'",
      portfolios: "{ weights: { long: { AAA: 0.6, BCC: 0.4 }, half: { ABB: 0.5 } } }", workers: 2)
    let active = try values(groups, "brinson", "active_return")
    let effects = try ["allocation", "selection", "interaction"].map {
      try values(groups, "brinson", $0)
    }
    for portfolio in 0..<2 {
      // Energy, Materials and cash.
      let sum = effects.map { $0[3 * portfolio..<3 * portfolio + 3].reduce(0, +) }.reduce(0, +)
      #expect(near(sum, active[portfolio]))
    }
    // "half" is half in cash, and a little more where its symbol has no return.
    let weights = try values(groups, "brinson", "mean_weight")
    #expect(weights.count == 6 && max(weights[2], weights[5]) >= 0.5)
    let months = try #require(groups[0].labels(of: "period")?.count)
    let byPeriod = try values(groups, "brinson", "active_by_period")
    #expect(months == 8 && byPeriod.count == 2 * months)
  }

  @Test func aPortfolioLikeItsBenchmark() throws {
    let groups = try groups("brinson: {}", portfolios: "'equal'", workers: 7)
    let weights = try values(groups, "brinson", "mean_benchmark_weight")
    #expect(near(weights.reduce(0, +), 1))
    #expect(try values(groups, "brinson", "total_interaction").allSatisfy { abs($0) < 0.05 })
  }

  @Test func mistakesInBrinson() throws {
    #expect(
      complaint("brinson: { by: 'sectors' }").hasPrefix(
        "line 1, risk.brinson.by: no grouping 'sectors'. Did you mean 'sector'?"))
    #expect(
      complaint("brinson: { by: 'industry' }")
        == "risk.brinson.by: the store knows no industry of any symbol; import it with --symbols FILE"
    )
    #expect(
      complaint("brinson: { benchmark: { field: 'marketcap' } }").hasPrefix(
        "risk.brinson.benchmark: no field 'marketcap'. Did you mean 'market_cap'?"))
    #expect(
      complaint("brinson: { benchmark: { file: 'other.csv' } }").hasPrefix(
        "risk.brinson.benchmark.file: no symbol 'BDX'. Did you mean 'BDD'?"))
    #expect(complaint("brinson: { benchmark: 'SPY' }").contains("found the text \"SPY\""))
  }

  // MARK: Stress

  @Test func stressEndToEnd() throws {
    let groups = try groups(
      """
      factors: { file: 'factors.csv' },
      stress: [
        { name: 'spring', from: '2014-03-01', to: '2014-04-15' },
        { name: 'held', from: '2014-03-01', to: '2014-04-15', holding: 'held' },
        { name: 'before', to: '2014-02-10' },
        { shock: { AAA: -0.2 }, sector: { Materials: -0.1 } },
        { shock: { AAA: -0.2 }, propagate: true },
        { factor: { 'Mkt-RF': -0.05 }, propagate: true },
        { factor: { SMB: -0.05 } },
        { name: 'wild', volatility: 2, correlation: 0.5 },
        { volatility: 3 },
        { worst: 20, count: 3 },
      ]
      """, data: "from: '2014-03-10'",
      portfolios: "{ weights: { long: { AAA: 0.5, BCC: 0.5 }, pair: { ABB: 1, BCC: -1 } } }")
    #expect(
      groups.map(\.name).filter { !$0.hasPrefix("factor") }
        == ["stress", "stress_risk", "worst_windows"])
    let returns = try values(groups, "stress", "return")
    let contributions = try values(groups, "stress", "contribution")
    #expect(returns.count == 7 * 2)
    for (place, value) in returns.enumerated() {
      #expect(near(contributions[4 * place..<4 * place + 4].reduce(0, +), value))
    }
    // AAA −20 %, BCC −10 %: of "long" in whatever place it is ranked.
    let shocked = returns[6..<8].sorted()
    #expect(near(shocked[0], -0.15) && near(shocked[1], 0.1))
    // BCC is listed after the window that ends in February.
    let missing = try values(groups, "stress", "missing_weight")
    #expect(missing[4..<6].sorted() == [0.5, 1])
    let before = try values(groups, "stress_risk", "volatility_before")
    let after = try values(groups, "stress_risk", "volatility_after")
    #expect(near(after[2], 3 * before[2]) && near(after[3], 3 * before[3]))
    #expect(try values(groups, "worst_windows", "return").count == 6)
  }

  @Test func anyNumberOfWorkersGivesTheSameBits() throws {
    let risk = """
      factors: { file: 'factors.csv', pca: 2 }, brinson: { benchmark: 'market_cap' },
      stress: [ { from: '2014-03-01' }, { shock: { AAA: -0.2 }, propagate: true }, { worst: 5 }, { volatility: 2 } ]
      """
    func bits(_ workers: Int) throws -> [String] {
      try groups(risk, data: "from: '2014-01-10'", workers: workers).flatMap { group in
        group.variables.map { variable in
          if case .doubles(let values) = variable.values {
            return "\(group.name) \(variable.name) \(values.map(\.bitPattern))"
          }
          return "\(variable.values)"
        }
      }
    }
    let one = try bits(1)
    #expect(try difference(one, bits(2)) == nil)
    #expect(try difference(one, bits(7)) == nil)
  }

  @Test func mistakesInStress() throws {
    #expect(
      complaint("stress: { worst: 20 }").hasPrefix(
        "line 1, risk.stress: found an object, expected a list of scenarios"))
    #expect(
      complaint("stress: [ { form: '2014-01-01' } ]").hasPrefix(
        "line 1, risk.stress[0].form: there is no such key. Did you mean 'from'?"))
    #expect(
      complaint("stress: [ {} ]")
        == "risk.stress[0]: is missing; expected from and to, shock, sector or factor, volatility or correlation, or worst"
    )
    #expect(
      complaint("stress: [ { from: '2014-01-01', worst: 5 } ]").contains(
        "found from with worst, expected one kind of scenario"))
    #expect(
      complaint("stress: [ { from: '2019-01-01' } ]")
        == "line 1, risk.stress[0]: found a window without a bar, expected dates between 2014-01-02 and 2014-09-17, where the store has returns"
    )
    #expect(
      complaint("stress: [ { from: '2014-03-01', to: '2014-02-01' } ]").contains(
        "found an instant before from"))
    #expect(
      complaint("stress: [ { shock: { AAB: -0.2 } } ]")
        == "line 1, risk.stress[0].shock: no symbol 'AAB'. Did you mean 'AAA'?\n  known: AAA, ABB, BCC, BDD"
    )
    #expect(
      complaint("stress: [ { sector: { energy: -0.2 } } ]")
        == "line 1, risk.stress[0].sector: no sector 'energy'. Did you mean 'Energy'?\n  known: Energy, Materials"
    )
    #expect(
      complaint("stress: [ { factor: { SMB: -0.2 } } ]")
        == "risk.factors.file: is missing; expected a file of factors, of which risk.stress[0].factor names some"
    )
    #expect(
      complaint("factors: { file: 'factors.csv' }, stress: [ { factor: { SBM: -0.2 } } ]")
        .contains("no factor 'SBM'. Did you mean 'SMB'?"))
    #expect(
      complaint("stress: [ { shock: { AAA: -2 } } ]").contains(
        "risk.stress[0].shock.AAA: found the number -2, expected a return from -1"))
    #expect(
      complaint("stress: [ { worst: 5 }, { worst: 5, count: 2 } ]").contains(
        "risk.stress[1].name: found 'worst 5 bars' a second time, expected a name of its own"))
    #expect(
      complaint("stress: [ { correlation: 2 } ]").contains(
        "expected how far correlations move: from -1 (to none) over 0 to 1 (to one)"))
    #expect(
      complaint("stress: [ { worst: 5000 } ]")
        == "risk.stress: a search for windows of 5000 bars needs 5000 returns, and there are 259; take a longer window"
    )
    #expect(
      complaint("stress: [ { from: '2014-03-01', holding: 'hold' } ]").contains(
        "no way of holding 'hold'. Did you mean 'held'?"))
  }
}
