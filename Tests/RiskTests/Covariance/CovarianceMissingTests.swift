import Kernels
import Testing

@testable import Risk

@Suite struct CovarianceMissingTests {
  private let nan = Double.nan

  @Test func pairsTakeTheirOwnBars() throws {
    let table = Samples.table([[0.09, nan], [0.03, 0.02], [-0.01, 0.04], [-0.03, nan]])
    // B has two bars, with deviations ∓0.01; A's over them are ±0.02.
    let estimate = try SampleCovariance(missing: .pairwise).estimate(table)
    #expect(estimate.observationCount == 2)
    // All of A: mean 0.02, deviations 0.07, 0.01, -0.03, -0.05.
    #expect(abs(estimate.matrix[0, 0] - 28e-4) < 1e-17)
    #expect(abs(estimate.matrix[1, 1] - 2e-4) < 1e-17)
    #expect(abs(estimate.matrix[0, 1] + 4e-4) < 1e-17)
    let complete = try SampleCovariance().estimate(table)
    #expect(abs(complete.matrix[0, 0] - 8e-4) < 1e-17)
    // Ages count bars, not rows: λ² and λ of the two that are left weigh as 0.5 to 1.
    let ewma = try EwmaCovariance(lambda: 0.5).estimate(table)
    #expect(abs(ewma.matrix[1, 1] - (0.5 * 4e-4 + 16e-4) / 1.5) < 1e-17)
  }

  @Test func noGapsNoDifference() throws {
    let table = try Samples.whole()
    for entry in CovarianceCatalog.entries where entry.takesPairs {
      let complete = try CovarianceCatalog.estimator(named: entry.name).estimate(table)
      let pairwise = try CovarianceCatalog.estimator(named: entry.name, missing: .pairwise)
        .estimate(table)
      #expect(complete.matrix == pairwise.matrix, "\(entry.name)")
    }
  }

  /// Every estimator, on many tables with gaps: symmetric, positive definite by Cholesky, finite.
  @Test(arguments: 1...12) func pairwiseIsAlwaysPositiveDefinite(seed: Int) throws {
    let table = Samples.noise(
      bars: 12 + 5 * seed, symbols: 3 + 2 * seed, seed: UInt64(seed), gapOneIn: 4)
    for entry in CovarianceCatalog.entries where entry.takesPairs {
      let estimate = try CovarianceCatalog.estimator(named: entry.name, missing: .pairwise)
        .estimate(table)
      #expect(estimate.matrix.isFinite && estimate.matrix == estimate.matrix.transposed)
      #expect(throws: Never.self, "\(entry.name), seed \(seed)") {
        try Cholesky(estimate.matrix)
      }
      #expect(estimate.conditionNumber >= 1)
    }
  }

  @Test func refusals() throws {
    let apart = Samples.table([
      [0.01, nan], [0.02, nan], [nan, 0.01], [nan, 0.03], [0.04, nan],
    ])
    #expect(throws: RiskError.noCompleteRow(method: "sample", emptiest: "B")) {
      try SampleCovariance().estimate(apart)
    }
    #expect(throws: RiskError.tooFewReturns(method: "sample(pairwise)", found: 0, needed: 2)) {
      try SampleCovariance(missing: .pairwise).estimate(apart)
    }
    #expect(throws: RiskError.tooFewReturns(method: "sample", found: 0, needed: 2)) {
      try SampleCovariance().estimate(apart.bars(0..<0))
    }
    #expect(throws: RiskError.tooFewReturns(method: "sample", found: 1, needed: 2)) {
      try SampleCovariance().estimate(Samples.table([[0.01, 0.02]]))
    }
    let constant = Samples.table([[0.1, 0.02], [0.1, 0.01], [0.1, 0.05], [0.1, 0.04]])
    let huge = Samples.table([[1e200, 0.1], [-1e200, 0.2], [3e200, 0.1]])
    for entry in CovarianceCatalog.entries {
      #expect(throws: RiskError.self, "\(entry.name)") {
        try CovarianceCatalog.estimator(named: entry.name).estimate(huge)
      }
    }
    #expect(throws: RiskError.self) {
      try PCAFactorCovariance(factors: 3).estimate(constant)
    }
  }
}
