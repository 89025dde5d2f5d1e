import Kernels

/// Correlations by counting: bars at which both symbols move far in the same direction, less those in opposite ones, over bars at
/// which at least one moves far.
///
/// Far is beyond `threshold` standard deviations from 0, for which the divisor is the number of bars; so it is for the variances.
///
/// - Source: Gerber, Markowitz, Ernst, Miao, Javid and Sargen, *The Gerber statistic* (2022), as
///   `skfolio.moments.GerberCovariance`.
public struct GerberCovariance: CovarianceEstimator {
  /// Standard deviations beyond which a move counts, in (0, 1).
  public let threshold: Double
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String { CovarianceCatalog.name("gerber", [threshold], missing) }

  /// A covariance by counting.
  ///
  /// - Precondition: `threshold` lies in (0, 1).
  public init(threshold: Double = 0.5, missing: MissingReturns = .complete) {
    precondition(threshold > 0 && threshold < 1, "threshold in (0, 1)")
    self.threshold = threshold
    self.missing = missing
  }

  /// Estimates from all bars of a table; covariances with a symbol that does not vary are 0.
  public func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    try returns.ofVarying(by: name, missing) { (table) throws(RiskError) in
      try estimateVarying(table, workers: workers)
    }
  }

  private func estimateVarying(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    let sample = try ReturnSample(
      returns, missing, method: name, needed: 2, isCentred: false, workers: workers)
    let volatilities = volatilities(sample)
    // 1 and −1 for far moves, and 1 for near ones.
    var moves = sample.values
    var rests = sample.values
    for symbol in 0..<sample.symbolCount {
      let limit = threshold * volatilities[symbol]
      for bar in 0..<sample.barCount {
        let (value, isThere) = (sample.values[symbol, bar], sample.isThere(symbol, bar))
        let move: Double = !isThere ? 0 : value >= limit ? 1 : value <= -limit ? -1 : 0
        moves[symbol, bar] = move
        rests[symbol, bar] = isThere && move == 0 ? 1 : 0
      }
    }
    let agreement = try sample.products(moves)
    let still = try sample.products(rests)
    var matrix = agreement
    for row in 0..<matrix.rows {
      for column in 0..<matrix.rows {
        let moved = sample.count(row, column) - still[row, column]
        // Of unequal histories two may share only bars at which neither moves.
        let correlation = row == column ? 1 : moved > 0 ? agreement[row, column] / moved : 0
        matrix[row, column] = correlation * (volatilities[row] * volatilities[column])
      }
    }
    var result = try sample.estimate(matrix, by: name)
    // Close to positive semi-definite is all that the counting promises.
    if sample.presence == nil { try PSDRepair.apply(to: &result) }
    return result
  }

  private func volatilities(_ sample: ReturnSample) -> [Double] {
    var result: [Double] = []
    for symbol in 0..<sample.symbolCount {
      let returns = (0..<sample.barCount).filter { sample.isThere(symbol, $0) }
        .map { sample.values[symbol, $0] }
      let count = Double(returns.count)
      let mean = returns.reduce(0, +) / count
      let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      result.append((squares / count).squareRoot())
    }
    return result
  }

  static let entry = CovarianceCatalog.Entry(
    name: "gerber", summary: "Counts of far moves together and against each other.",
    settings: [
      .fraction("threshold", "Standard deviations beyond which a move counts.", fallback: 0.5)
    ], takesPairs: true, make: { GerberCovariance(threshold: $0[0], missing: $1) })
}
