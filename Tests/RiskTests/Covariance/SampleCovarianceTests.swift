import Kernels
import Risk
import Testing

@Suite struct SampleCovarianceTests {
  private let table = Samples.noise(bars: 300, symbols: 140, seed: 11)

  /// Products of deviations, by the definition.
  private func plain(_ table: ReturnTable) -> Matrix {
    let bars = Double(table.barCount)
    let deviations = (0..<table.symbolCount).map { symbol -> [Double] in
      let series = table.values.column(symbol)
      let mean = series.reduce(0, +) / bars
      return series.map { $0 - mean }
    }
    var result = Matrix(rows: table.symbolCount, columns: table.symbolCount)
    for row in 0..<table.symbolCount {
      for column in 0..<table.symbolCount {
        var sum = 0.0
        for bar in 0..<table.barCount { sum += deviations[row][bar] * deviations[column][bar] }
        result[row, column] = sum / (bars - 1)
      }
    }
    return result
  }

  /// Means of 0, near a quarter of the root mean square on both sides, and so far out that little of the squares varies.
  @Test(arguments: [0, 0.001, 0.002, 0.003, 0.005, 0.01, 0.1, 1e4])
  func meansNeverMatter(shift: Double) throws {
    var values = table.values
    for index in values.values.indices { values.values[index] += shift }
    let shifted = ReturnTable(
      symbols: table.symbols, timeNs: table.timeNs, values: values, barsPerYear: 252)
    let found = try SampleCovariance().estimate(shifted, workers: 2)
    #expect(distance(found.matrix, plain(shifted)) < 1e-13)
    // Adding the shift to returns rounds them.
    #expect(distance(found.matrix, plain(table)) < 1e-13 * (1 + 1000 * shift))
    #expect(found.observationCount == 300 && found.estimator == "sample")
    for workers in [1, 7] {
      #expect(try SampleCovariance().estimate(shifted, workers: workers).matrix == found.matrix)
    }
  }

  @Test func returnsOfOneSymbolThatAreEqualHaveNoVariance() throws {
    var values = table.values
    for bar in 0..<table.barCount { values[bar, 3] = 0.1 }
    for bar in 0..<table.barCount { values[bar, 5] = 0 }
    let found = try SampleCovariance().estimate(
      ReturnTable(symbols: table.symbols, timeNs: table.timeNs, values: values, barsPerYear: 252))
    for symbol in 0..<table.symbolCount {
      #expect(found.matrix[symbol, 3] == 0 && found.matrix[5, symbol] == 0)
    }
  }
}
