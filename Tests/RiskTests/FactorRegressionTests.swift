import Kernels
import Market
import TestSupport
import Testing

@testable import Risk

@Suite struct FactorRegressionTests {
  @Test func agreesWithStatsmodels() throws {
    let (returns, given) = try SampleRisk.real()
    let join = try FactorJoin(given, to: returns.timeNs, barNs: Calendar.dayNs)
    // One of the days of prices, a Good Friday, is no day of the factors.
    #expect(join.bars.count == 1005 && join.unmatchedBars == returns.barCount - 1005)
    var values = Matrix(rows: join.bars.count, columns: returns.symbolCount)
    for (row, bar) in join.bars.enumerated() {
      for symbol in 0..<returns.symbolCount { values[row, symbol] = returns.values[bar, symbol] }
    }
    func fits(_ errors: CoefficientErrors) throws -> [FactorRegression] {
      try FactorRegression.all(
        of: values, names: returns.symbols, on: join.factors, errors: errors)
    }
    let plain = try fits(.classical)
    let robust = try [0, 6, 20].map { try fits(.hac(lags: $0)) }
    #expect(try fits(.hac(lags: nil))[0].lags == 6)
    let lines = try Golden.lines("factors.csv")
    #expect(lines.count == 20)
    for (place, line) in lines.enumerated() {
      let cells = line.split(separator: ",")
      let numbers = cells.dropFirst(2).compactMap { Double($0) }
      let fit = plain[place]
      #expect(cells[0] == returns.symbols[place] && Int(cells[1]) == fit.observationCount)
      let found =
        fit.coefficients + fit.standardErrors + fit.tStatistics + fit.pValues
        + robust.flatMap { $0[place].standardErrors }
        + [fit.rSquared, fit.adjustedRSquared, fit.residualVolatility]
      #expect(found.count == numbers.count)
      for (index, (a, b)) in zip(found, numbers).enumerated() {
        // Far out in the tail a probability has the digits of t, times t².
        let isProbability = (21..<28).contains(index)
        #expect(close(a, b, isProbability && b < 1e-20 ? 1e-8 : 1e-9), "\(line.prefix(8)) \(index)")
      }
    }
  }

  @Test func exactOnExactData() throws {
    let factors = FactorTable(
      names: ["A", "B"], timeNs: [0, 1, 2, 3, 4, 5],
      values: Matrix(rows: 6, columns: 2, [1, 0, 0, 1, 2, 1, -1, 3, 0, 0, 4, 4]))
    let fit = try FactorRegression(
      of: (0..<6).map { 0.5 + 2 * factors.values[$0, 0] - 3 * factors.values[$0, 1] }, name: "X",
      on: factors)
    #expect(near(fit.alpha, 0.5) && near(fit.betas[0], 2) && near(fit.betas[1], -3))
    #expect(near(fit.rSquared, 1) && fit.residualVolatility < 1e-14)
  }

  @Test func missingReturnsAreLeftOutOfTheirOwnRegressionOnly() throws {
    var random = TestRandom(seed: 7)
    var returns = SampleRisk.returns(bars: 60, symbols: 3, &random).values
    var factors = SampleRisk.factors(bars: 60, count: 2, &random)
    let whole = try FactorRegression.all(of: returns, names: ["A", "B", "C"], on: factors)
    for bar in 0..<20 { returns[bar, 1] = .nan }
    let part = try FactorRegression.all(of: returns, names: ["A", "B", "C"], on: factors)
    #expect(part[0] == whole[0] && part[2] == whole[2])
    #expect(part[1].observationCount == 40)
    let alone = try FactorRegression(
      of: (20..<60).map { returns[$0, 1] }, name: "B", on: factors.taking(20..<60))
    #expect(part[1] == alone)
    var values = factors.values
    values[59, 0] = .nan
    factors = FactorTable(
      names: factors.names, timeNs: factors.timeNs, values: values, riskFree: factors.riskFree)
    #expect(
      try FactorRegression.all(of: returns, names: ["A", "B", "C"], on: factors)[0]
        .observationCount == 59)
  }

  @Test func whatCannotBeRegressed() throws {
    func complaint(_ factors: FactorTable, _ returns: [Double], _ errors: CoefficientErrors)
      -> String
    {
      do {
        _ = try FactorRegression(of: returns, name: "AAPL", on: factors, errors: errors)
        return "no mistake was found"
      } catch { return "\(error)" }
    }
    func table(_ rows: [[Double]], riskFree: [Double]? = nil) -> FactorTable {
      FactorTable(
        names: ["A", "B"], timeNs: rows.indices.map { Int64($0) },
        values: Matrix(rows: rows.count, columns: 2, rows.flatMap { $0 }), riskFree: riskFree)
    }
    #expect(
      complaint(table([[1, 2], [2, 1], [0, 1]]), [1, 2, 3], .classical)
        == "a regression of AAPL on 2 factors needs 4 returns, and there are 3; take a longer window"
    )
    #expect(
      complaint(table([[1, 2], [2, 4], [3, 6], [5, 10]]), [1, 2, 3, 4], .classical)
        .hasPrefix("a regression on A, B: the factors depend on each other; leave out "))
    #expect(
      complaint(table([[1, 2], [2, 2], [3, 2], [5, 2]]), [1, 2, 3, 4], .classical)
        == "the returns of B don't vary; leave the symbol out")
    #expect(
      complaint(table([[1, 2], [2, 3], [3, 1], [5, 2]]), [1, 2, 3, 4], .hac(lags: -1))
        == "lags: found -1, expected 0 or more")
    #expect(
      complaint(table([[1, 2], [2, 3], [3, 1], [5, 2]]), [1, .nan, 3, 4], .classical)
        .contains("there are 3"))
  }

  @Test(arguments: [3, 11, 42] as [UInt64]) func unitsMatterOnlyWhereTheyMust(_ seed: UInt64) throws
  {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let factors = SampleRisk.factors(bars: 120, count: 3, &random)
    let returns = SampleRisk.noise(120, size: 0.02, &random)
    let fit = try FactorRegression(of: returns, name: "X", on: factors, errors: .hac(lags: 4))
    let percent = FactorTable(
      names: factors.names, timeNs: factors.timeNs,
      values: Matrix(rows: 120, columns: 3, factors.values.values.map { $0 * 100 }),
      riskFree: factors.riskFree)
    let other = try FactorRegression(of: returns, name: "X", on: percent, errors: .hac(lags: 4))
    #expect(near(other.alpha, fit.alpha) && near(other.rSquared, fit.rSquared))
    for factor in 0..<3 {
      #expect(near(other.betas[factor] * 100, fit.betas[factor]))
      #expect(close(other.tStatistics[factor + 1], fit.tStatistics[factor + 1], 1e-9))
    }
    // Factors in another order.
    let turned = FactorTable(
      names: factors.names.reversed(), timeNs: factors.timeNs,
      values: Matrix(
        rows: 120, columns: 3, (0..<120).flatMap { factors.values.row($0).reversed() }),
      riskFree: factors.riskFree)
    let back = try FactorRegression(of: returns, name: "X", on: turned, errors: .hac(lags: 4))
    for factor in 0..<3 {
      #expect(near(back.betas[2 - factor], fit.betas[factor]))
      #expect(close(back.standardErrors[3 - factor], fit.standardErrors[factor + 1], 1e-9))
    }
  }
}
