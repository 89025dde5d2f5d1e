import Risk
import Kernels
import Synchronization
import Testing

@Suite struct CovarianceCatalogTests {
  @Test func namesGiveEstimatorsBack() throws {
    for entry in CovarianceCatalog.entries {
      let policies: [MissingReturns] = entry.takesPairs ? [.complete, .pairwise] : [.complete]
      for missing in policies {
        let name = try CovarianceCatalog.estimator(named: entry.name, missing: missing).name
        #expect(try CovarianceCatalog.estimator(named: name).name == name)
        #expect(name.hasPrefix(entry.name))
      }
    }
    #expect(try CovarianceCatalog.estimator(named: "ewma(0.97)").name == "ewma(0.97)")
    #expect(
      try CovarianceCatalog.estimator(named: "ewma", settings: ["lambda": 0.9], missing: .pairwise)
        .name == "ewma(0.9, pairwise)")
    #expect(
      try CovarianceCatalog.estimator(named: "pca_factor( 3 ,pairwise)").name
        == "pca_factor(3, pairwise)")
    #expect(Set(CovarianceCatalog.entries.map(\.name)).count == CovarianceCatalog.entries.count)
  }

  @Test(arguments: [
    ("ledoit_wolff", "Did you mean 'ledoit_wolf'?"), ("ewma(1)", "between 0 and 1"),
    ("ewma(0)", "between 0 and 1"), ("ewma(0.9, 3)", "ewma(lambda, pairwise)"),
    ("ewma(0.9", "a ) at its end"), ("oas(3)", "no settings"), ("oas(pairwise)", "equal histories"),
    ("gerber(nan)", "between 0 and 1"), ("pca_factor(1.5)", "a whole number"),
    ("pca_factor(1e300)", "a whole number"), ("semicovariance(inf)", "a return"),
    ("", "sample, ewma"),
  ])
  func mistakes(name: String, expected: String) {
    let error = #expect(throws: RiskError.self) { try CovarianceCatalog.estimator(named: name) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(expected), "\(String(describing: error))")
  }

  @Test func unknownSetting() {
    let error = #expect(throws: RiskError.self) {
      try CovarianceCatalog.estimator(named: "ewma", settings: ["lamda": 0.9])
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("ewma(lambda, pairwise)"))
  }
}

@Suite struct CovarianceCacheTests {
  @Test func oneComputationForAll() async throws {
    let table = Samples.noise(bars: 60, symbols: 40, seed: 5)
    let cache = CovarianceCache()
    let copy = table
    let estimates = try await withThrowingTaskGroup(of: CovarianceEstimate.self) { group in
      for task in 0..<24 {
        group.addTask {
          try cache.estimate(
            task % 2 == 0 ? table : copy, bars: 0..<60, by: SampleCovariance())
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(cache.computedCount == 1)
    #expect(estimates.allSatisfy { $0.matrix == estimates[0].matrix })
    _ = try cache.estimate(table, bars: 1..<60, by: SampleCovariance())
    _ = try cache.estimate(table, bars: 0..<60, by: EwmaCovariance(lambda: 0.9))
    _ = try cache.estimate(table, bars: 0..<60, by: EwmaCovariance(lambda: 0.8))
    // All bars of a table are the table; equal numbers are none.
    _ = try cache.estimate(table.bars(0..<60), bars: 0..<60, by: SampleCovariance())
    #expect(cache.computedCount == 4)
    let equal = Samples.noise(bars: 60, symbols: 40, seed: 5)
    _ = try cache.estimate(equal, bars: 0..<60, by: SampleCovariance())
    #expect(cache.computedCount == 5)
  }

  @Test func errorsAreRemembered() {
    let table = Samples.table([[0.1, 0.2]])
    let cache = CovarianceCache()
    for _ in 0..<3 {
      #expect(throws: RiskError.tooFewReturns(method: "sample", found: 1, needed: 2)) {
        try cache.estimate(table, bars: 0..<1, by: SampleCovariance())
      }
    }
    #expect(cache.computedCount == 1)
  }

  @Test func memoryIsBounded() throws {
    // 1 MiB holds 25 matrices of 70 × 70.
    let table = Samples.noise(bars: 90, symbols: 70, seed: 6)
    let cache = CovarianceCache(limitMiB: 1)
    for end in 20...80 {
      _ = try cache.estimate(table, bars: 0..<end, by: SampleCovariance())
      _ = try cache.estimate(table, bars: 0..<20, by: SampleCovariance())
    }
    // The one that is asked for again and again stays; the others were computed once.
    #expect(cache.computedCount == 61)
    _ = try cache.estimate(table, bars: 0..<21, by: SampleCovariance())
    #expect(cache.computedCount == 62)
  }
}
