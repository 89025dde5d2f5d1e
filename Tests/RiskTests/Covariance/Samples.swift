import Kernels
import Risk
import TestSupport

/// Tables of returns for tests.
enum Samples {
  /// The 20 names of the datasets: 1,005 bars.
  static func whole() throws -> ReturnTable {
    let closes = try SampleCloses.load()
    return ReturnTable(
      symbols: closes.symbols, timeNs: Array(closes.timeNs.dropFirst()),
      values: Matrix(
        rows: closes.days.count - 1, columns: closes.symbols.count, closes.returns),
      barsPerYear: 252)
  }

  /// Those with gaps: symbol j starts at bar 4 j, and misses every 41st bar or so.
  static func withGaps() throws -> ReturnTable {
    let whole = try whole()
    var values = whole.values
    for bar in 0..<values.rows {
      for symbol in 0..<values.columns
      where bar < 4 * symbol || (7 * bar + 13 * symbol) % 41 == 0 {
        values[bar, symbol] = .nan
      }
    }
    return ReturnTable(
      symbols: whole.symbols, timeNs: whole.timeNs, values: values, barsPerYear: 252)
  }

  /// Rows by hand; symbols are A, B, C and D.
  static func table(_ rows: [[Double]]) -> ReturnTable {
    let names = ["A", "B", "C", "D"].prefix(rows.first?.count ?? 0)
    return ReturnTable(
      symbols: Array(names), timeNs: rows.indices.map { Int64($0) },
      values: Matrix(rows: rows.count, columns: names.count, rows.flatMap { $0 }),
      barsPerYear: 252)
  }

  /// Returns with one common factor, from a seed; a gap once in so many places.
  static func noise(bars: Int, symbols: Int, seed: UInt64, gapOneIn: Int? = nil) -> ReturnTable {
    var random = TestRandom(seed: seed)
    func uniform() -> Double { Double(random.next() >> 11) * 0x1p-53 - 0.5 }
    var values = Matrix(rows: bars, columns: symbols)
    for bar in 0..<bars {
      let market = uniform()
      for symbol in 0..<symbols {
        values[bar, symbol] = 0.02 * (0.5 * market + uniform()) * (1 + Double(symbol % 5)) + 0.0005
      }
    }
    if let gapOneIn {
      for index in values.values.indices where random.one(in: gapOneIn) {
        values.values[index] = .nan
      }
    }
    return ReturnTable(
      symbols: (0..<symbols).map { "S\($0)" }, timeNs: (0..<bars).map { Int64($0) },
      values: values, barsPerYear: 252)
  }
}

/// Largest difference of two covariance matrices, in units of the product of standard deviations.
func distance(_ a: Matrix, _ b: Matrix) -> Double {
  var largest = 0.0
  for row in 0..<a.rows {
    for column in 0..<a.columns {
      let scale = (b[row, row] * b[column, column]).squareRoot()
      let gap = abs(a[row, column] - b[row, column])
      if gap > 0 || gap.isNaN { largest = max(largest, gap.isNaN ? .infinity : gap / scale) }
    }
  }
  return largest
}
