import Kernels
import Market
import TestSupport
import Testing

@testable import Risk

@Suite struct FactorModelTests {
  private func golden() throws -> [String: [Double]] {
    var found: [String: [Double]] = [:]
    for line in try Golden.lines("principal.csv") {
      let cells = line.split(separator: ",")
      found[String(cells[0])] = cells.dropFirst().compactMap { Double($0) }
    }
    return found
  }

  /// Real returns at the bars of the factors, and those.
  private func joined() throws -> (returns: ReturnTable, factors: FactorTable) {
    let (returns, given) = try SampleRisk.real()
    let join = try FactorJoin(given, to: returns.timeNs, barNs: Calendar.dayNs)
    let values = join.bars.flatMap { returns.values.row($0) }
    return (
      ReturnTable(
        symbols: returns.symbols, timeNs: join.factors.timeNs,
        values: Matrix(rows: join.bars.count, columns: returns.symbolCount, values),
        barsPerYear: 252), join.factors
    )
  }

  @Test func principalComponentsAgreeWithNumpy() throws {
    let (returns, _) = try joined()
    let golden = try golden()
    let found = try PrincipalFactors(
      of: returns, covariance: returns.sampleCovariance, count: .fixed(3))
    for (a, b) in zip(found.variances, golden["variances"] ?? []) { #expect(close(a, b, 1e-9)) }
    #expect(golden["variances"]?.count == found.variances.count)
    for factor in 0..<3 {
      let loadings = golden["PC\(factor + 1)"] ?? []
      #expect(loadings.count == 20)
      for (a, b) in zip(found.loadings.column(factor), loadings) { #expect(near(a, b, 1e-9)) }
    }
    for (a, b) in zip(found.factors.values.row(returns.barCount - 1), golden["returns"] ?? []) {
      #expect(near(a, b, 1e-12))
    }
    #expect(near(found.explained.reduce(0, +), 1))
    #expect(found.factors.names == ["PC1", "PC2", "PC3"])
  }

  @Test func aComponentsVarianceIsThatOfItsReturns() throws {
    let (returns, _) = try joined()
    let found = try PrincipalFactors(
      of: returns, covariance: returns.sampleCovariance, count: .fixed(5))
    let own = try FactorModel.covariance(of: found.factors)
    for row in 0..<5 {
      for column in 0..<5 {
        #expect(abs(own[row, column] - (row == column ? found.variances[row] : 0)) < 1e-15)
      }
    }
  }

  @Test func howManyComponents() throws {
    let (returns, _) = try joined()
    let covariance = returns.sampleCovariance
    let most = try PrincipalFactors(of: returns, covariance: covariance, count: .explaining(0.8))
    let share = most.explained
    let kept = most.loadings.columns
    #expect(share[..<kept].reduce(0, +) >= 0.8 && share[..<(kept - 1)].reduce(0, +) < 0.8)
    // 20 names, 1,005 days: the edge is (1 + 0.141)² = 1.30; market, energy or the like remain.
    let real = try PrincipalFactors(of: returns, covariance: covariance, count: .beyondNoise)
    #expect((2...4).contains(real.loadings.columns))
    var random = TestRandom(seed: 3)
    let noise = SampleRisk.returns(bars: 1000, symbols: 20, &random)
    let none = try PrincipalFactors(
      of: noise, covariance: noise.sampleCovariance, count: .beyondNoise)
    #expect(none.loadings.columns == 1)
    #expect(throws: RiskError.setting(name: "count", found: "21", expected: "1 to 20, the symbols"))
    {
      try PrincipalFactors(of: returns, covariance: covariance, count: .fixed(21))
    }
  }

  @Test func missingReturnsAreSolvedFor() throws {
    // Two symbols that move as one factor: either tells it.
    let returns = ReturnTable(
      symbols: ["A", "B", "C"], timeNs: [0, 1, 2],
      values: Matrix(rows: 3, columns: 3, [0.01, 0.02, 0.02, 0.02, .nan, 0.04, .nan, .nan, 0.02]),
      barsPerYear: 252)
    var covariance = CovarianceEstimate(
      symbols: ["A", "B", "C"], matrix: Matrix(rows: 3, columns: 3, [1, 2, 2, 2, 4, 4, 2, 4, 4]),
      estimator: "given", observationCount: 3)
    covariance.matrix = Matrix(
      rows: 3, columns: 3, covariance.matrix.values.map { $0 * 1e-4 })
    let found = try PrincipalFactors(of: returns, covariance: covariance, count: .fixed(1))
    #expect(near(found.factors.values[0, 0], 0.03))
    #expect(near(found.factors.values[1, 0], 0.06))
    #expect(found.factors.values[2, 0].isNaN)
  }

  @Test func theModelAgreesWithNumpyAndHasTheVariancesOfTheSample() throws {
    let (returns, factors) = try joined()
    let fits = try FactorRegression.all(of: returns.values, names: returns.symbols, on: factors)
    let model = try FactorModel(fits, symbols: returns.symbols, factors: factors)
    let covariance = try model.covariance()
    for (a, b) in zip(covariance.row(0), try golden()["model"] ?? []) { #expect(close(a, b, 1e-9)) }
    // Excess returns are what the regressions saw.
    var excess = returns.values
    for bar in 0..<returns.barCount {
      for symbol in 0..<20 { excess[bar, symbol] -= factors.riskFree?[bar] ?? .nan }
    }
    let truth = ReturnTable(
      symbols: returns.symbols, timeNs: returns.timeNs, values: excess, barsPerYear: 252
    ).sampleCovariance
    for symbol in 0..<20 {
      #expect(close(covariance[symbol, symbol], truth.matrix[symbol, symbol], 1e-10))
    }
    #expect(try SymmetricEigen(covariance).values[0] > 0)
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func partsOfRiskAddUp(_ seed: UInt64) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let returns = SampleRisk.returns(bars: 90, symbols: 7, &random)
    let factors = SampleRisk.factors(bars: 90, count: 3, &random)
    let fits = try FactorRegression.all(of: returns.values, names: returns.symbols, on: factors)
    let model = try FactorModel(fits, symbols: returns.symbols, factors: factors)
    let weights = SampleRisk.weights(7, &random)
    let risk = try model.risk(of: weights)
    let whole = try LinearAlgebra.quadratic(try model.covariance(), weights)
    #expect(close(risk.variance, whole, 1e-12))
    #expect(close(risk.volatilities.reduce(risk.specificVolatility, +), risk.volatility, 1e-12))
    #expect(close(risk.volatility * risk.volatility, whole, 1e-12))
    // Symbols in another order are the same portfolio; twice the weights are twice the risk.
    let order = Array(returns.symbols.indices.shuffled(using: &random))
    let turned = FactorModel(
      symbols: order.map { model.symbols[$0] }, factors: model.factors,
      exposures: Matrix(rows: 7, columns: 3, order.flatMap { model.exposures.row($0) }),
      factorCovariance: model.factorCovariance,
      specificVariances: order.map { model.specificVariances[$0] })
    let other = try turned.risk(of: order.map { weights[$0] })
    #expect(close(other.volatility, risk.volatility, 1e-12))
    let double = try model.risk(of: weights.map { 2 * $0 })
    #expect(close(double.volatility, 2 * risk.volatility, 1e-12))
    // A portfolio's own regression tells its variance exactly.
    let series = WeightTable(weights).returns(returns).values
    let own = try FactorRegression(of: series, name: "portfolio", on: factors)
    let parts = try FactorRisk(
      factors: factors.names, exposures: own.betas, factorCovariance: model.factorCovariance,
      specificVariance: own.residualVariance)
    let excess = zip(series, factors.riskFree ?? []).map { $0 - $1 }
    let mean = excess.reduce(0, +) / 90
    let variance = excess.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 89
    #expect(close(parts.variance, variance, 1e-11))
  }
}
