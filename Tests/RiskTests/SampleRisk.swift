import Kernels
import Market
import TestSupport

@testable import Risk

/// Returns and factors of the tests, real and made up.
enum SampleRisk {
  static func real() throws -> (returns: ReturnTable, factors: FactorTable) {
    let closes = try SampleCloses.load()
    let given = try SampleFactors.load()
    let values = closes.returns
    let returns = ReturnTable(
      symbols: closes.symbols, timeNs: Array(closes.timeNs.dropFirst()),
      values: Matrix(
        rows: values.count / closes.symbols.count, columns: closes.symbols.count, values),
      barsPerYear: 252)
    let factors = FactorTable(
      names: given.names, timeNs: given.timeNs,
      values: Matrix(rows: given.timeNs.count, columns: given.names.count, given.values),
      riskFree: given.riskFree)
    return (returns, factors)
  }

  /// Numbers between −size and size.
  static func noise(_ count: Int, size: Double, _ random: inout TestRandom) -> [Double] {
    (0..<count).map { _ in size * (Double(random.next() >> 11) * 0x1p-52 - 1) }
  }

  static func returns(bars: Int, symbols: Int, size: Double = 0.02, _ random: inout TestRandom)
    -> ReturnTable
  {
    ReturnTable(
      symbols: (0..<symbols).map { "S\($0)" },
      timeNs: (0..<bars).map { Int64($0) * Calendar.dayNs },
      values: Matrix(
        rows: bars, columns: symbols, noise(bars * symbols, size: size, &random)),
      barsPerYear: 252)
  }

  static func factors(bars: Int, count: Int, _ random: inout TestRandom) -> FactorTable {
    FactorTable(
      names: (0..<count).map { "F\($0)" }, timeNs: (0..<bars).map { Int64($0) * Calendar.dayNs },
      values: Matrix(rows: bars, columns: count, noise(bars * count, size: 0.01, &random)),
      riskFree: noise(bars, size: 0.0001, &random))
  }

  static func weights(_ count: Int, _ random: inout TestRandom) -> [Double] {
    noise(count, size: 1.5 / Double(count), &random)
  }
}

extension ReturnTable {
  /// The sample covariance by the textbook.
  var sampleCovariance: CovarianceEstimate {
    var matrix = Matrix(rows: symbolCount, columns: symbolCount)
    let columns = (0..<symbolCount).map { values.column($0) }
    let means = columns.map { $0.reduce(0, +) / Double(barCount) }
    for row in 0..<symbolCount {
      for column in 0..<symbolCount {
        for bar in 0..<barCount {
          matrix[row, column] +=
            (columns[row][bar] - means[row]) * (columns[column][bar] - means[column])
        }
        matrix[row, column] /= Double(barCount - 1)
      }
    }
    return CovarianceEstimate(
      symbols: symbols, matrix: matrix, estimator: "sample", observationCount: barCount)
  }
}

/// Whether two numbers agree to a share of the larger, or of 1 where both are smaller.
func near(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

/// Whether two numbers agree to a share of the larger.
func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  abs(a - b) <= tolerance * max(abs(a), abs(b))
}
