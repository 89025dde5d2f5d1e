import Kernels
import Risk
import Testing

/// Worked by hand.
@Suite struct CovarianceExampleTests {
  private let table = Samples.table([[0.01, 0.02], [0.03, -0.02], [-0.01, 0.03]])

  @Test func sample() throws {
    // Means 0.01 and 0.01; deviations (0, 0.02, -0.02) and (0.01, -0.03, 0.02).
    let estimate = try SampleCovariance().estimate(table)
    #expect(
      distance(estimate.matrix, Matrix(rows: 2, columns: 2, [4e-4, -5e-4, -5e-4, 7e-4])) < 1e-14)
    #expect(estimate.observationCount == 3)
    #expect(estimate.shrinkage.isNaN && estimate.conditionNumber.isNaN && estimate.repair == nil)
    #expect(estimate.symbols == ["A", "B"])
    #expect(abs(estimate.correlation[0, 1] + 5 / 28.0.squareRoot()) < 1e-14)
    #expect(abs(estimate.volatilities[0] - 0.02) < 1e-16)
  }

  @Test func ewma() throws {
    // Weights 0.25, 0.5, 1 over 1.75.
    let estimate = try EwmaCovariance(lambda: 0.5).estimate(table)
    let first = (0.25 * 1 + 0.5 * 9 + 1) / 1.75 * 1e-4
    let both = (0.25 * 2 - 0.5 * 6 - 3) / 1.75 * 1e-4
    let second = (0.25 * 4 + 0.5 * 4 + 9) / 1.75 * 1e-4
    #expect(
      distance(estimate.matrix, Matrix(rows: 2, columns: 2, [first, both, both, second])) < 1e-14)
  }

  @Test func semicovariance() throws {
    // Shortfalls below 0.01: (0, 0, -0.02) and (0, -0.03, 0).
    let estimate = try SemiCovariance(threshold: 0.01).estimate(table)
    #expect(
      distance(estimate.matrix, Matrix(rows: 2, columns: 2, [4e-4 / 3, 0, 0, 9e-4 / 3])) < 1e-14)
  }

  @Test func gerber() throws {
    // Divisor 3: deviations √(8 / 3) and √(14 / 3) per cent; half of them 0.82 and 1.08 per cent. All moves are far but
    // none is near: together at the first bar, against each other at the others.
    let estimate = try GerberCovariance().estimate(table)
    #expect(abs(estimate.correlation[0, 1] + 1 / 3.0) < 1e-14)
    #expect(abs(estimate.matrix[0, 0] - 8e-4 / 3) < 1e-18)
  }

  @Test func factorOfAll() throws {
    // As many factors as symbols are the sample.
    let table = try Samples.whole()
    let sample = try SampleCovariance().estimate(table)
    let factors = try PCAFactorCovariance(factors: 20).estimate(table)
    #expect(distance(factors.matrix, sample.matrix) < 1e-13)
  }

  @Test func oneSymbol() throws {
    let one = Samples.table([[0.01], [0.03], [-0.01]])
    for entry in CovarianceCatalog.entries {
      let estimate = try CovarianceCatalog.estimator(named: entry.name).estimate(one)
      #expect(estimate.matrix[0, 0] > 0, "\(entry.name)")
    }
  }

  @Test func unitsScale() throws {
    let table = try Samples.whole()
    let wider = ReturnTable(
      symbols: table.symbols, timeNs: table.timeNs,
      values: Matrix(
        rows: table.barCount, columns: table.symbolCount, table.values.values.map { $0 * 4 }),
      barsPerYear: 252)
    for entry in CovarianceCatalog.entries {
      let estimator = try CovarianceCatalog.estimator(named: entry.name)
      let (narrow, wide) = (try estimator.estimate(table), try estimator.estimate(wider))
      let scaled = Matrix(rows: 20, columns: 20, narrow.matrix.values.map { $0 * 16 })
      #expect(distance(wide.matrix, scaled) < 1e-12, "\(entry.name)")
    }
  }

  @Test func symbolsInAnotherOrder() throws {
    let table = try Samples.withGaps()
    let order = [3, 19, 0, 7, 11, 1, 2, 18, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 16, 17]
    let other = table.symbols(order)
    for entry in CovarianceCatalog.entries {
      let policies: [MissingReturns] = entry.takesPairs ? [.complete, .pairwise] : [.complete]
      for missing in policies {
        let estimator = try CovarianceCatalog.estimator(named: entry.name, missing: missing)
        let (a, b) = (try estimator.estimate(table), try estimator.estimate(other))
        #expect(b.symbols == order.map { a.symbols[$0] })
        #expect(distance(b.matrix, a.matrix.symmetric(order)) < 1e-11, "\(estimator.name)")
      }
    }
  }
}
