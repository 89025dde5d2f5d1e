import Kernels
import Risk
import Testing

@Suite struct RollingCovarianceTests {
  private static let estimators: [any CovarianceEstimator] = [
    SampleCovariance(), EwmaCovariance(lambda: 0.94), EwmaCovariance(lambda: 0.5),
  ]

  /// Estimates of windows against estimates of their own.
  private func drift(
    _ table: ReturnTable, _ windows: [Range<Int>], _ estimator: any CovarianceEstimator
  ) throws -> Double {
    var rolling = try #require(try estimator.rolling(table))
    var largest = 0.0
    for window in windows {
      let found = try rolling.estimate(window)
      let expected = try estimator.estimate(table.bars(window))
      #expect(found.estimator == expected.estimator)
      #expect(found.observationCount == expected.observationCount)
      #expect(found.matrix == found.matrix.transposed)
      largest = max(largest, distance(found.matrix, expected.matrix))
    }
    return largest
  }

  @Test func everyBarOfRealReturns() throws {
    let whole = try Samples.whole()
    for table in [whole, try Samples.withGaps()] {
      for estimator in Self.estimators {
        // The crash of March 2020 comes in and goes.
        let windows = (150...600).map { $0 - 60..<$0 }
        #expect(try drift(table, windows, estimator) < 1e-12, "\(estimator.name)")
        let months = stride(from: 100, to: 1000, by: 21).map { 0..<$0 }
        #expect(try drift(table, months, estimator) < 1e-12, "\(estimator.name)")
      }
    }
  }

  /// Returns that become a ten-thousandth of what they were, and large ones that leave.
  @Test func driftIsBounded() throws {
    let noise = Samples.noise(bars: 900, symbols: 6, seed: 11)
    var values = noise.values
    for bar in 0..<900 {
      let scale = bar < 300 ? 1e4 : bar % 97 == 0 ? 50 : 1
      for symbol in 0..<6 { values[bar, symbol] *= scale * 1e-4 }
    }
    let table = ReturnTable(
      symbols: noise.symbols, timeNs: noise.timeNs, values: values, barsPerYear: 252)
    for estimator in Self.estimators {
      let windows = (100...900).map { max(0, $0 - 250)..<$0 }
      #expect(try drift(table, windows, estimator) < 1e-10, "\(estimator.name)")
    }
  }

  @Test func windowsInAnyOrder() throws {
    let table = Samples.noise(bars: 200, symbols: 5, seed: 12, gapOneIn: 60)
    let windows = [
      0..<100, 1..<101, 50..<160, 0..<40, 0..<41, 5..<41, 60..<200, 60..<190, 150..<200, 150..<200,
    ]
    for estimator in Self.estimators {
      #expect(try drift(table, windows, estimator) < 1e-12)
    }
  }

  @Test func refusals() throws {
    let nan = Double.nan
    let table = Samples.table([[0.1, 0.2], [0.3, nan], [0.2, 0.1], [0.4, 0.4]])
    var rolling = try #require(try SampleCovariance().rolling(table))
    #expect(throws: RiskError.tooFewReturns(method: "sample", found: 1, needed: 2)) {
      try rolling.estimate(0..<2)
    }
    #expect(try rolling.estimate(0..<3).observationCount == 2)
    #expect(try SampleCovariance(missing: .pairwise).rolling(table) == nil)
    #expect(try LedoitWolfCovariance().rolling(table) == nil)
    #expect(throws: RiskError.noCompleteRow(method: "sample", emptiest: "B")) {
      try SampleCovariance().rolling(Samples.table([[0.1, nan], [0.3, nan]]))
    }
  }

  @Test func preparedWindowsAreTheSameForAnyWorkers() throws {
    let table = Samples.noise(bars: 400, symbols: 12, seed: 13)
    let windows = (100..<400).map { $0 - 100..<$0 }
    for estimator in Self.estimators + [LedoitWolfCovariance()] {
      var known: [Matrix] = []
      for workers in [1, 2, 7] {
        let cache = CovarianceCache()
        cache.prepare(table, windows: windows, by: estimator, workers: workers)
        #expect(cache.computedCount == windows.count)
        let found = try windows.map { try cache.estimate(table, bars: $0, by: estimator).matrix }
        #expect(cache.computedCount == windows.count)
        cache.prepare(table, windows: windows, by: estimator, workers: workers)
        #expect(cache.computedCount == windows.count)
        if known.isEmpty { known = found }
        #expect(found == known, "\(estimator.name), \(workers) workers")
      }
    }
  }

  @Test func preparedErrorsAreKept() {
    let table = Samples.noise(bars: 10, symbols: 3, seed: 14)
    let cache = CovarianceCache()
    cache.prepare(table, windows: [0..<1, 0..<5], by: SampleCovariance(), workers: 2)
    #expect(throws: RiskError.tooFewReturns(method: "sample", found: 1, needed: 2)) {
      try cache.estimate(table, bars: 0..<1, by: SampleCovariance())
    }
    #expect(cache.computedCount == 2)
  }
}
