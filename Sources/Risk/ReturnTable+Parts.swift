import Kernels

/// What is there of a table, and parts of it.
extension ReturnTable {
  /// Number of returns of each symbol: `[N]`.
  public var counts: [Int] {
    var result = [Int](repeating: 0, count: symbolCount)
    for row in 0..<barCount {
      for column in 0..<symbolCount where values.values[row * symbolCount + column].isFinite {
        result[column] += 1
      }
    }
    return result
  }

  /// Bars at which every symbol has a return, in order.
  public var completeRows: [Int] {
    if isComplete { return Array(0..<barCount) }
    let width = symbolCount
    return (0..<barCount).filter { row in
      (row * width..<(row + 1) * width).allSatisfy { values.values[$0].isFinite }
    }
  }

  /// Number of bars at which both of a pair have a return: `[N, N]`, counts of symbols on the diagonal.
  public func pairCounts() throws(RiskError) -> Matrix {
    var there = values
    for index in there.values.indices {
      there.values[index] = values.values[index].isFinite ? 1 : 0
    }
    return try RiskError.algebra { () throws(LinearAlgebraError) in try LinearAlgebra.gram(there) }
  }

  /// Only the bars at which every symbol has a return.
  ///
  /// - Throws: `RiskError.noCompleteRow` if there are none, with the symbol that has the fewest returns.
  public func complete(for method: String) throws(RiskError) -> ReturnTable {
    if isComplete, barCount > 0 { return self }
    let rows = completeRows
    guard !rows.isEmpty else { throw noCompleteRow(method: method) }
    return ReturnTable(
      symbols: symbols, timeNs: rows.map { timeNs[$0] }, values: self.rows(rows),
      barsPerYear: barsPerYear, kind: kind)
  }

  /// Some of the symbols, in an order of their own.
  public func symbols(_ columns: [Int]) -> ReturnTable {
    if columns.elementsEqual(0..<symbolCount) { return self }
    var picked = Matrix(rows: barCount, columns: columns.count)
    for row in 0..<barCount {
      for (place, column) in columns.enumerated() { picked[row, place] = values[row, column] }
    }
    return ReturnTable(
      symbols: columns.map { symbols[$0] }, timeNs: timeNs, values: picked,
      barsPerYear: barsPerYear, kind: kind)
  }

  /// Some of the rows, `[R, N]`.
  func rows(_ rows: [Int]) -> Matrix {
    var picked: [Double] = []
    picked.reserveCapacity(rows.count * symbolCount)
    for row in rows {
      picked.append(contentsOf: values.values[row * symbolCount..<(row + 1) * symbolCount])
    }
    return Matrix(rows: rows.count, columns: symbolCount, picked)
  }

  /// The error of a table without a complete row; too few returns if it has no row at all.
  func noCompleteRow(method: String) -> RiskError {
    let counts = counts
    guard barCount > 0, let least = counts.indices.min(by: { counts[$0] < counts[$1] }) else {
      return .tooFewReturns(method: method, found: 0, needed: 1)
    }
    return .noCompleteRow(method: method, emptiest: symbols[least])
  }
}
