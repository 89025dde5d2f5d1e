import Kernels
import Risk
import Testing

@Suite struct PSDRepairTests {
  private func estimate(_ values: [Double]) -> CovarianceEstimate {
    let size = Int(Double(values.count).squareRoot())
    return CovarianceEstimate(
      symbols: ["A", "B", "C"].prefix(size).map { $0 },
      matrix: Matrix(rows: size, columns: size, values), estimator: "hand", observationCount: 9)
  }

  @Test func goodMatricesStay() throws {
    var found = estimate([4, 1, 1, 2])
    try PSDRepair.apply(to: &found)
    #expect(found.repair == nil && found.matrix.values == [4, 1, 1, 2])
    // Eigenvalues 3 ± √2.
    let root = 2.0.squareRoot()
    #expect(abs(found.conditionNumber - (3 + root) / (3 - root)) < 1e-12)
  }

  @Test func impossibleCorrelations() throws {
    // A and B, B and C move as one, A and C do not: eigenvalues 1 and 1 ± √2 · 0.9.
    var found = estimate([1, 0.9, 0, 0.9, 1, 0.9, 0, 0.9, 1])
    try PSDRepair.apply(to: &found)
    let repair = try #require(found.repair)
    #expect(repair.raisedCount == 1)
    #expect(abs(repair.leastEigenvalue - (1 - 0.9 * 2.0.squareRoot())) < 1e-12)
    #expect(found.matrix.diagonal == [1, 1, 1])
    // The least value belongs to (1, -√2, 1) / 2: raising it to 0 adds so much times 1 / 4, 1 / 2 and -√2 / 4.
    let raise = 0.9 * 2.0.squareRoot() - 1
    let expected =
      (0.9 - raise * 2.0.squareRoot() / 4) / ((1 + raise / 4) * (1 + raise / 2)).squareRoot()
    #expect(abs(found.matrix[0, 1] - expected) < 1e-9)
    #expect(repair.relativeChange > 0.05 && repair.relativeChange < 0.2)
    #expect(throws: Never.self) { try Cholesky(found.matrix) }
    #expect(found.conditionNumber > 1e9 && found.conditionNumber < 1e12)
    let once = found
    try PSDRepair.apply(to: &found)
    #expect(found.matrix == once.matrix && found.repair == once.repair)
  }

  @Test func fewerBarsThanSymbols() throws {
    var found = try SampleCovariance().estimate(
      Samples.noise(bars: 10, symbols: 30, seed: 3))
    let before = found.matrix
    try PSDRepair.apply(to: &found)
    #expect(found.repair?.raisedCount == 21)
    #expect(try #require(found.repair).relativeChange < 1e-8)
    #expect(found.matrix.diagonal == before.diagonal)
    #expect(throws: Never.self) { try Cholesky(found.matrix) }
  }

  @Test func noVariance() throws {
    var found = estimate([0, 0, 0, 1])
    try PSDRepair.apply(to: &found)
    #expect(found.conditionNumber == .infinity && found.repair == nil)
    #expect(found.matrix.values == [0, 0, 0, 1])
    var bad = estimate([1, .nan, .nan, 1])
    #expect(throws: RiskError.self) { try PSDRepair.apply(to: &bad) }
  }
}
