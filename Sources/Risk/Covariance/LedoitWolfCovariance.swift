import Kernels

/// The sample covariance, shrunk towards equal correlations: variances stay.
///
/// The shrinkage is the one that loses least on average; with unequal histories each pair's error counts by its own bars.
///
/// - Source: Ledoit and Wolf, *Honey, I Shrunk the Sample Covariance Matrix* (2004), as in the authors' `covCor`: all divisors are
///   bars less 1.
public struct LedoitWolfCovariance: CovarianceEstimator {
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String { CovarianceCatalog.name("ledoit_wolf", [], missing) }

  /// A shrunk covariance.
  public init(missing: MissingReturns = .complete) { self.missing = missing }

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
      returns, missing, method: name, needed: 3, isCentred: true, workers: workers)
    var matrix = try sample.covariance(ddof: 1)
    let target = Self.target(matrix)
    let shrinkage = try intensity(sample, matrix, target)
    for index in matrix.values.indices {
      matrix.values[index] += shrinkage * (target.matrix.values[index] - matrix.values[index])
    }
    var result = try sample.estimate(matrix, by: name)
    result.shrinkage = shrinkage
    return result
  }

  /// The sample's variances, and its mean correlation for all pairs.
  private static func target(_ sample: Matrix) -> (matrix: Matrix, mean: Double) {
    let size = sample.rows
    let scales = sample.diagonal.map { $0.squareRoot() }
    var sum = 0.0
    for row in 0..<size {
      for column in 0..<row { sum += sample[row, column] / (scales[row] * scales[column]) }
    }
    let mean = size > 1 ? sum * 2 / Double(size * (size - 1)) : 0
    var target = sample
    for row in 0..<size {
      for column in 0..<size where column != row {
        target[row, column] = mean * (scales[row] * scales[column])
      }
    }
    return (target, mean)
  }

  private func intensity(
    _ sample: ReturnSample, _ matrix: Matrix, _ target: (matrix: Matrix, mean: Double)
  ) throws(RiskError) -> Double {
    // Two symbols have one correlation, which is its own mean.
    guard sample.symbolCount > 2 else { return 0 }
    var squares = sample.values
    var cubes = sample.values
    for index in squares.values.indices {
      squares.values[index] *= squares.values[index]
      cubes.values[index] *= squares.values[index]
    }
    let fourths = try sample.products(squares)
    let skewed = try sample.products(cubes, sample.values)
    let scales = matrix.diagonal.map { $0.squareRoot() }
    // Sum over pairs of the variance of the sample's error, and of its covariance with the target's.
    var error = 0.0
    var shared = 0.0
    var distance = 0.0
    for row in 0..<matrix.rows {
      for column in 0..<matrix.rows {
        let bars = sample.count(row, column) - 1
        let value = matrix[row, column]
        let variance = (fourths[row, column] / bars - value * value) / bars
        error += variance
        if row == column {
          shared += variance
        } else {
          let theta = (skewed[row, column] / bars - matrix[row, row] * value) / bars
          shared += target.mean * scales[column] / scales[row] * theta
        }
        let gap = value - target.matrix[row, column]
        distance += gap * gap
      }
    }
    return distance > 0 ? min(max((error - shared) / distance, 0), 1) : 0
  }

  static let entry = CovarianceCatalog.Entry(
    name: "ledoit_wolf", summary: "The sample, shrunk towards equal correlations.",
    settings: [], takesPairs: true, make: { LedoitWolfCovariance(missing: $1) })
}
