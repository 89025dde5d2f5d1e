import Foundation
import Kernels
import Risk
import Storage
import TestSupport
import Testing

import Jobs

/// `covariance` of `apus risk`, from a spec to the groups of its result.
@Suite struct RiskCovarianceTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench(SampleMarket.draft(bars: 160, symbols: ["AAA", "ABB", "BCC", "BDD"]))
  }

  private func groups(_ risk: String, workers: Int = 1) throws -> [ResultGroup] {
    let text =
      "{ apus: 1, data: { store: 'prices.h5' }, portfolios: 'each', risk: { \(risk) } }"
    let path = try bench.folder.write(text, to: "risk.json5")
    let (spec, store) = try SpecFile.load(path: path)
    var options = RunJob.Options(output: bench.folder.path("risk.h5"))
    options.force = true
    options.workers = workers
    let plan = try RiskPlan(spec: spec, storePath: store)
    return try RiskJob(plan: plan, options: options).run().best.groups
  }

  private func complaint(_ risk: String) -> String {
    do {
      _ = try groups(risk)
      return "no mistake was found"
    } catch {
      return "\(error)"
    }
  }

  private func values(_ groups: [ResultGroup], _ group: String, _ name: String) throws -> [Double] {
    let variable = groups.first { $0.name == group }?.variables.first { $0.name == name }
    guard case .doubles(let values) = try #require(variable).values else { return [] }
    return values
  }

  @Test func endToEnd() throws {
    let asked =
      "covariance: { estimator: 'ewma', lambda: 0.97, missing: 'pairwise', rolling: 60, every: 7 }"
    let groups = try groups(asked)
    #expect(groups.map(\.name) == ["covariance", "rolling_covariance"])
    let matrix = try values(groups, "covariance", "covariance")
    let volatility = try values(groups, "covariance", "volatility")
    let year = 252.0.squareRoot()
    for symbol in 0..<4 {
      #expect(abs(matrix[5 * symbol].squareRoot() * year / volatility[symbol] - 1) < 1e-12)
    }
    let eigenvalues = try values(groups, "covariance", "eigenvalue")
    let trace = (0..<4).reduce(0) { $0 + matrix[5 * $1] }
    #expect(abs(eigenvalues.reduce(0, +) / trace - 1) < 1e-12)
    #expect(eigenvalues == eigenvalues.sorted(by: >))
    let told = Dictionary(
      uniqueKeysWithValues: groups[0].attributes.map { ($0.name, "\($0.value)") })
    #expect(told["estimator"]?.contains("ewma(0.97, pairwise)") == true)
    #expect(told["repair"]?.contains("none was needed") == true)
    // From bar 160 back by sevens, down to 60 of 159 returns.
    let rolling = try values(groups, "rolling_covariance", "volatility")
    let means = try values(groups, "rolling_covariance", "mean_correlation")
    #expect(means.count == 15 && rolling.count == 60)
    #expect(means.allSatisfy { abs($0) < 1 })
    for workers in [2, 7] { #expect(try self.groups(asked, workers: workers) == groups) }
    let stored = try ResultStore.read(bench.folder.path("risk.h5"))
    #expect(stored.metrics.isEmpty == false)
  }

  @Test func everyEstimator() throws {
    for entry in CovarianceCatalog.entries {
      let groups = try groups("covariance: { estimator: '\(entry.name)', matrix: false }")
      #expect(groups[0].title.contains(entry.name))
      #expect(!groups[0].variables.contains { $0.name == "covariance" })
    }
  }

  /// The same words, wherever a covariance is asked for.
  @Test(arguments: [
    ("factors: { pca: { count: 1, covariance: @ } }", "principal_components", "risk.factors.pca"),
    (
      "monte_carlo: { model: 'gaussian', paths: 9, bars: 5, covariance: @ }", "monte_carlo",
      "risk.monte_carlo"
    ),
    ("stress: [{ volatility: 2, covariance: @ }]", "stress_risk", "risk.stress[0]"),
    (
      "stress: [{ shock: { AAA: -0.1 }, propagate: true, covariance: @ }]", "stress",
      "risk.stress[0]"
    ),
  ])
  func everyPlaceReadsAllOfIt(place: String, group: String, path: String) throws {
    func risk(_ words: String) -> String { place.split(separator: "@").joined(separator: words) }
    let name = "ewma(0.97, pairwise)"
    for words in ["'\(name)'", "{ estimator: 'ewma', lambda: 0.97, missing: 'pairwise' }"] {
      let found = try #require(try groups(risk(words)).first { $0.name == group })
      var texts = found.attributes.map(\.value)
      for variable in found.variables {
        if case .texts(let more) = variable.values { texts += more }
      }
      #expect(texts.contains { $0.contains(name) }, "\(found)")
    }
    for (words, said) in [
      ("'ledoit'", "\(path).covariance: no covariance estimator 'ledoit'"),
      ("{ estimator: 'ewma', lambda: 2 }", "\(path).covariance.lambda: found the number 2"),
      ("{ estimator: 'ewma', lamda: 0.9 }", "Did you mean 'lambda'?"),
      ("7", "\(path).covariance: found the number 7"),
    ] {
      #expect(complaint(risk(words)).contains(said), "\(complaint(risk(words)))")
    }
  }

  @Test func mistakes() {
    #expect(complaint("covariance: {}") == "no mistake was found")
    #expect(
      complaint("covariance: { estimator: 'ledoit_wulf' }").contains(
        "risk.covariance.estimator: no covariance estimator 'ledoit_wulf'. Did you mean 'ledoit_wolf'?"
      ))
    #expect(complaint("covariance: { estimator: 'ewma', lambda: 2 }").contains("between 0 and 1"))
    #expect(
      complaint("covariance: { estimator: 'ewma', lamda: 0.9 }").contains("Did you mean 'lambda'?"))
    #expect(complaint("covariance: { lambda: 0.9 }").contains("risk.covariance.lambda"))
    #expect(complaint("covariance: { missing: 'pairs' }").contains("risk.covariance.missing"))
    #expect(
      complaint("covariance: { estimator: 'oas', missing: 'pairwise' }").contains("equal histories")
    )
    #expect(complaint("covariance: { rolling: 5000 }").contains("at most the 159 bars"))
    #expect(complaint("covariance: { every: 5 }").contains("risk.covariance.rolling: is missing"))
  }
}
