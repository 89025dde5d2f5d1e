import Kernels

/// Returns as estimators multiply them: gaps are 0, and what is there is known.
struct ReturnSample {
  /// Names of the symbols: `[N]`.
  let symbols: [String]
  /// `[R, N]`, gaps as 0.
  var values: Matrix
  /// `[R, N]`: 1 where there is a return, else 0; nil if all are there.
  let presence: Matrix?
  /// Bars from each row to the last of the table: `[R]`.
  let ages: [Int]
  /// Bars at which both of a pair have a return: `[N, N]`; nil if these are all rows.
  let pairCounts: Matrix?
  /// Fewest bars of any pair.
  let leastCount: Int

  /// Number of rows, `R`.
  var rowCount: Int { values.rows }
  /// Number of symbols, `N`.
  var symbolCount: Int { values.columns }

  /// Takes the rows that a policy lets in.
  ///
  /// - Parameters:
  ///   - method: name for errors.
  ///   - needed: fewest rows, of any pair.
  ///   - isCentred: whether each symbol's own mean is taken off.
  init(
    _ table: ReturnTable, _ missing: MissingReturns, method: String, needed: Int,
    isCentred: Bool, workers: Int
  ) throws(RiskError) {
    symbols = table.symbols
    let rows = table.isComplete ? nil : missing == .complete ? table.completeRows : nil
    if let rows, rows.isEmpty { throw table.noCompleteRow(method: method) }
    let chosen = rows.map { table.rows($0) } ?? table.values
    let barCount = table.barCount
    ages = (rows ?? Array(0..<barCount)).map { barCount - 1 - $0 }
    values = chosen
    if table.isComplete || missing == .complete {
      presence = nil
      pairCounts = nil
      leastCount = chosen.rows
    } else {
      var there = Matrix(rows: chosen.rows, columns: chosen.columns)
      for index in chosen.values.indices {
        if chosen.values[index].isFinite {
          there.values[index] = 1
        } else {
          values.values[index] = 0
        }
      }
      presence = there
      let counts = try RiskError.algebra { () throws(LinearAlgebraError) in
        try LinearAlgebra.gram(there, workers: workers)
      }
      pairCounts = counts
      leastCount = Int(counts.values.min() ?? 0)
    }
    guard leastCount >= needed else {
      throw .tooFewReturns(method: method, found: leastCount, needed: needed)
    }
    if isCentred { centre() }
  }

  /// Takes off the mean of each symbol's own returns.
  private mutating func centre() {
    let count = symbolCount
    var sums = [Double](repeating: 0, count: count)
    var counts = [Double](repeating: 0, count: count)
    var least = [Double](repeating: .infinity, count: count)
    var largest = [Double](repeating: -.infinity, count: count)
    forEachReturn { index, column in
      let value = values.values[index]
      sums[column] += value
      counts[column] += 1
      least[column] = min(least[column], value)
      largest[column] = max(largest[column], value)
    }
    // The mean of equal returns is that return, without rounding: what doesn't vary must not seem to.
    let means = (0..<count).map { column -> Double in
      if least[column] == largest[column] { return least[column] }
      return counts[column] > 0 ? sums[column] / counts[column] : 0
    }
    forEachReturn { index, column in values.values[index] -= means[column] }
  }

  private func forEachReturn(_ body: (_ index: Int, _ column: Int) -> Void) {
    for row in 0..<rowCount {
      for column in 0..<symbolCount {
        let index = row * symbolCount + column
        if (presence?.values[index] ?? 1) > 0 { body(index, column) }
      }
    }
  }

  /// Number of bars of a pair.
  func count(_ row: Int, _ column: Int) -> Double {
    pairCounts?[row, column] ?? Double(rowCount)
  }

  /// The covariance of what is there, for each pair about its own means: `[N, N]`; the values must be centred.
  ///
  /// - Parameter ddof: what is taken off the number of bars to divide by.
  func covariance(ddof: Double, workers: Int) throws(RiskError) -> Matrix {
    var sums = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.gram(values, workers: workers)
    }
    guard let presence, let pairCounts else {
      let scale = 1 / (Double(rowCount) - ddof)
      for index in sums.values.indices { sums.values[index] *= scale }
      return sums
    }
    // Over the bars of a pair the mean differs from that of a symbol's whole history.
    let ofPairs = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(values, presence, transposeA: true)
    }
    for row in 0..<symbolCount {
      for column in 0...row {
        let count = pairCounts[row, column]
        let product = ofPairs[row, column] * ofPairs[column, row] / count
        let value = (sums[row, column] - product) / (count - ddof)
        sums[row, column] = value
        sums[column, row] = value
      }
    }
    return sums
  }

  /// The first symbol whose returns don't vary, if any.
  func checkVariation(_ covariance: Matrix) throws(RiskError) {
    for (index, variance) in covariance.diagonal.enumerated() where !(variance > 0) {
      throw .noVariation(symbol: symbols[index])
    }
  }

  /// An estimate with a matrix; repaired where pairs came from different bars.
  func estimate(_ matrix: Matrix, by name: String) throws(RiskError) -> CovarianceEstimate {
    var result = CovarianceEstimate(
      symbols: symbols, matrix: matrix, estimator: name, observationCount: leastCount)
    guard matrix.isFinite else {
      throw .outsideDomain(
        method: name, reason: "some returns are too large for their squares to be numbers")
    }
    if presence != nil { try PSDRepair.apply(to: &result) }
    return result
  }
}
