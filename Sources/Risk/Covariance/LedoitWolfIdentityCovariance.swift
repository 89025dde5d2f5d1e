import Kernels

/// The covariance of equal divisors, shrunk towards one variance for all symbols and no correlation.
///
/// With unequal histories each pair's error counts by its own bars.
///
/// - Source: Ledoit and Wolf, *A well-conditioned estimator for large-dimensional covariance matrices* (2004), as
///   `sklearn.covariance.LedoitWolf`: all divisors are the number of bars.
public struct LedoitWolfIdentityCovariance: CovarianceEstimator {
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String { CovarianceCatalog.name("ledoit_wolf_identity", [], missing) }

  /// A shrunk covariance.
  public init(missing: MissingReturns = .complete) { self.missing = missing }

  /// Estimates from all bars of a table.
  public func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    let sample = try ReturnSample(
      returns, missing, method: name, needed: 2, isCentred: true, workers: workers)
    let matrix = try sample.covariance(ddof: 0)
    var squares = sample.values
    for index in squares.values.indices { squares.values[index] *= squares.values[index] }
    let fourths = try sample.products(squares)
    let level = matrix.diagonal.reduce(0, +) / Double(max(matrix.rows, 1))
    var error = 0.0
    var distance = 0.0
    for row in 0..<matrix.rows {
      for column in 0..<matrix.rows {
        let (bars, value) = (sample.count(row, column), matrix[row, column])
        error += (fourths[row, column] / bars - value * value) / bars
        let gap = row == column ? value - level : value
        distance += gap * gap
      }
    }
    let shrinkage = distance > 0 && matrix.rows > 1 ? min(max(error / distance, 0), 1) : 0
    var result = try sample.estimate(
      Self.shrunk(matrix, towards: level, by: shrinkage), by: name)
    result.shrinkage = shrinkage
    return result
  }

  /// (1 - shrinkage) · matrix + shrinkage · level · identity.
  static func shrunk(_ matrix: Matrix, towards level: Double, by shrinkage: Double) -> Matrix {
    var result = matrix
    for index in result.values.indices { result.values[index] *= 1 - shrinkage }
    for row in 0..<result.rows { result[row, row] += shrinkage * level }
    return result
  }

  static let entry = CovarianceCatalog.Entry(
    name: "ledoit_wolf_identity",
    summary: "The sample, shrunk towards one variance and no correlation.", settings: [],
    takesPairs: true, make: { LedoitWolfIdentityCovariance(missing: $1) })
}
