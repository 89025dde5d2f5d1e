import Kernels

extension ReturnTable {
  /// An estimate by a method that divides by volatilities: of the symbols that vary, with rows of 0 for the others.
  ///
  /// The covariance with a constant is 0, whatever the estimator; what is estimated of the others is as if it were not there, but
  /// from the same bars.
  ///
  /// - Throws: what the estimate throws; `RiskError.noVariation` if no symbol varies.
  func ofVarying(
    by name: String, _ missing: MissingReturns,
    _ estimate: (ReturnTable) throws(RiskError) -> CovarianceEstimate
  ) throws(RiskError) -> CovarianceEstimate {
    let rows = missing == .complete ? completeRows : Array(0..<barCount)
    let constant = Set((0..<symbolCount).filter { isConstant($0, at: rows) })
    if constant.isEmpty { return try estimate(self) }
    guard constant.count < symbolCount else { throw .noVariation(symbols: symbols) }
    let varying = (0..<symbolCount).filter { !constant.contains($0) }
    let table = missing == .complete ? try complete(for: name) : self
    var result = try estimate(table.symbols(varying))
    let part = result.matrix
    result.symbols = symbols
    result.matrix = Matrix(rows: symbolCount, columns: symbolCount)
    for (row, symbol) in varying.enumerated() {
      for (column, other) in varying.enumerated() {
        result.matrix[symbol, other] = part[row, column]
      }
    }
    // A matrix with a row of 0 is singular.
    if !result.conditionNumber.isNaN { result.conditionNumber = .infinity }
    return result
  }

  /// Whether a symbol has several returns at some bars, all of them the same.
  private func isConstant(_ symbol: Int, at rows: [Int]) -> Bool {
    var (first, count) = (Double.nan, 0)
    for row in rows {
      let value = values[row, symbol]
      guard value.isFinite else { continue }
      if count == 0 { first = value } else if value != first { return false }
      count += 1
    }
    return count > 1
  }
}
