import Kernels

/// Returns as estimators multiply them: a row a symbol, gaps are 0, and what is there is known.
struct ReturnSample {
  /// Names of the symbols: `[N]`.
  let symbols: [String]
  /// `[N, R]`, gaps as 0.
  var values: Matrix
  /// `[N, R]`: 1 where there is a return, else 0; nil if all are there.
  let presence: Matrix?
  /// Bars from each of those that take part to the last of the table: `[R]`.
  let ages: [Int]
  /// Bars at which both of a pair have a return: `[N, N]`; nil if these are all.
  let pairCounts: Matrix?
  /// Fewest bars of any pair.
  let leastCount: Int
  /// Threads that may be used.
  let workers: Int

  /// Number of bars that take part, `R`.
  var barCount: Int { values.columns }
  /// Number of symbols, `N`.
  var symbolCount: Int { values.rows }

  /// Takes the bars that a policy lets in.
  ///
  /// - Parameters:
  ///   - method: name for errors.
  ///   - needed: fewest bars, of any pair.
  ///   - isCentred: whether each symbol's own mean is taken off.
  init(
    _ table: ReturnTable, _ missing: MissingReturns, method: String, needed: Int,
    isCentred: Bool, workers: Int
  ) throws(RiskError) {
    symbols = table.symbols
    self.workers = workers
    let rows = table.isComplete || missing == .pairwise ? nil : table.completeRows
    if let rows, rows.isEmpty { throw table.noCompleteRow(method: method) }
    let barCount = table.barCount
    ages = (rows ?? Array(0..<barCount)).map { barCount - 1 - $0 }
    if table.isComplete || missing == .complete {
      presence = nil
      pairCounts = nil
      leastCount = ages.count
      values = table.values.series(rows: rows, workers: workers) { _, series in
        if isCentred { Self.centre(series, nil) }
      }
    } else {
      let there = table.values.series(workers: workers) { _, series in
        for index in series.indices { series[index] = series[index].isFinite ? 1 : 0 }
      }
      values = table.values.series(workers: workers) { symbol, series in
        for index in series.indices where !series[index].isFinite { series[index] = 0 }
        if isCentred { Self.centre(series, there.row(symbol)) }
      }
      let counts = try RiskError.algebra { () throws(LinearAlgebraError) in
        try LinearAlgebra.gramOfRows(there, workers: workers)
      }
      presence = there
      pairCounts = counts
      leastCount = Int(counts.values.min() ?? 0)
    }
    guard leastCount >= needed else {
      throw .tooFewReturns(method: method, found: leastCount, needed: needed)
    }
  }

  /// Takes off the mean of the returns that are there.
  private static func centre(_ series: UnsafeMutableBufferPointer<Double>, _ presence: [Double]?) {
    var (sum, count) = (0.0, 0.0)
    var (least, largest) = (Double.infinity, -Double.infinity)
    for index in series.indices where (presence?[index] ?? 1) > 0 {
      sum += series[index]
      count += 1
      least = min(least, series[index])
      largest = max(largest, series[index])
    }
    guard count > 0 else { return }
    // The mean of equal returns is that return, without rounding: what doesn't vary must not seem to.
    let mean = least == largest ? least : sum / count
    for index in series.indices where (presence?[index] ?? 1) > 0 { series[index] -= mean }
  }

  /// Number of bars of a pair.
  func count(_ row: Int, _ column: Int) -> Double {
    pairCounts?[row, column] ?? Double(barCount)
  }

  /// Whether a symbol has a return at a bar.
  func isThere(_ symbol: Int, _ bar: Int) -> Bool { (presence?[symbol, bar] ?? 1) > 0 }

  /// Sums over bars of products of a matrix's rows: `[N, N]`.
  func products(_ series: Matrix, scale: Double = 1) throws(RiskError) -> Matrix {
    try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.gramOfRows(series, scale: scale, workers: workers)
    }
  }

  /// Sums over bars of products of two matrices' rows: `[N, N]`.
  func products(_ series: Matrix, _ others: Matrix) throws(RiskError) -> Matrix {
    try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.product(series, others, transposeB: true)
    }
  }

  /// The covariance of what is there, for each pair about its own means: `[N, N]`; the values must be centred.
  ///
  /// - Parameter ddof: what is taken off the number of bars to divide by.
  func covariance(ddof: Double) throws(RiskError) -> Matrix {
    guard let presence, let pairCounts else {
      return try products(values, scale: 1 / (Double(barCount) - ddof))
    }
    var sums = try products(values)
    // Over the bars of a pair the mean differs from that of a symbol's whole history.
    let ofPairs = try products(values, presence)
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
