import Kernels
import Testing

@testable import Risk

/// Symbols whose returns don't vary: suspended ones, or such as keep to a price.
@Suite struct ConstantSymbolTests {
  private static let names = ["sample", "ledoit_wolf", "pca_factor", "denoised", "gerber"]

  /// A table with two symbols more, one that stands still and one that gains the same at each bar.
  private func table(_ varying: ReturnTable) -> ReturnTable {
    var values = Matrix(rows: varying.barCount, columns: varying.symbolCount + 2)
    for bar in 0..<varying.barCount {
      values[bar, 1] = 0.1
      values[bar, 0] = varying.values[bar, 0]
      for symbol in 1..<varying.symbolCount {
        values[bar, symbol + 2] = varying.values[bar, symbol]
      }
    }
    return ReturnTable(
      symbols: [varying.symbols[0], "GAIN", "HALT"] + varying.symbols[1...],
      timeNs: varying.timeNs, values: values, barsPerYear: varying.barsPerYear)
  }

  @Test(arguments: names, [MissingReturns.complete, .pairwise])
  func othersAreEstimatedWithoutThem(name: String, missing: MissingReturns) throws {
    let noise = Samples.noise(bars: 60, symbols: 6, seed: 3)
    var gaps = noise.values
    if missing == .pairwise { for bar in 0..<9 { gaps[bar * 5, bar % 6] = .nan } }
    let varying = ReturnTable(
      symbols: noise.symbols, timeNs: noise.timeNs, values: gaps, barsPerYear: noise.barsPerYear)
    let estimator = try CovarianceCatalog.estimator(named: name, missing: missing)
    let alone = try estimator.estimate(varying)
    let whole = try estimator.estimate(table(varying))
    #expect(whole.symbols == [varying.symbols[0], "GAIN", "HALT"] + varying.symbols[1...])
    #expect(whole.observationCount == alone.observationCount)
    let places = [0] + Array(3..<8)
    for (row, place) in places.enumerated() {
      for (column, other) in places.enumerated() {
        let (found, expected) = (whole.matrix[place, other], alone.matrix[row, column])
        #expect(abs(found - expected) <= 1e-12 * abs(expected), "\(name)")
      }
      #expect(whole.matrix[place, 1] == 0 && whole.matrix[1, place] == 0)
      #expect(whole.matrix[place, 2] == 0 && whole.matrix[2, place] == 0)
    }
    #expect(whole.matrix[1, 1] == 0 && whole.matrix[2, 2] == 0 && whole.matrix[1, 2] == 0)
  }

  @Test(arguments: names.dropFirst()) func nothingButThemIsAnError(name: String) throws {
    let still = Samples.table([[0.1, 0], [0.1, 0], [0.1, 0], [0.1, 0]])
    let error = #expect(throws: RiskError.noVariation(symbols: ["A", "B"])) {
      try CovarianceCatalog.estimator(named: name).estimate(still)
    }
    #expect("\(try #require(error))" == "the returns of A, B don't vary; leave the symbols out")
  }
}
