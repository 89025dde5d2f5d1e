import Kernels

/// A way to estimate the covariance of returns.
///
/// Units are returns² a bar: nothing is annualised.
public protocol CovarianceEstimator: Sendable {
  /// Name in specs and files with its settings, for example `ewma(0.94)`; equal names mean equal estimates.
  var name: String { get }
  /// Estimates from all bars of a table, by some workers; any number of them gives the same bits.
  ///
  /// - Throws: `RiskError`: too few returns, no complete row, no variation.
  func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError) -> CovarianceEstimate
  /// The same over many windows of a table; nil if their estimates don't follow from each other.
  func rolling(_ returns: ReturnTable) throws(RiskError) -> RollingCovariance?
}

extension CovarianceEstimator {
  /// Estimates from all bars of a table, in the calling thread.
  public func estimate(_ returns: ReturnTable) throws(RiskError) -> CovarianceEstimate {
    try estimate(returns, workers: 1)
  }

  /// Nothing: each window is an estimate of its own.
  public func rolling(_ returns: ReturnTable) throws(RiskError) -> RollingCovariance? { nil }
}

/// A covariance matrix and what is known of it.
public struct CovarianceEstimate: Sendable {
  /// What was done to make a matrix positive semi-definite.
  public struct Repair: Sendable, Equatable {
    /// Eigenvalues that were below the floor.
    public var raisedCount: Int
    /// The least eigenvalue of the correlation matrix before.
    public var leastEigenvalue: Double
    /// Frobenius norm of the change over that of the matrix.
    public var relativeChange: Double

    /// A repair.
    public init(raisedCount: Int, leastEigenvalue: Double, relativeChange: Double) {
      self.raisedCount = raisedCount
      self.leastEigenvalue = leastEigenvalue
      self.relativeChange = relativeChange
    }
  }

  /// Names of the symbols: `[N]`.
  public var symbols: [String]
  /// `[N, N]`, symmetric, returns² a bar.
  public var matrix: Matrix
  /// The estimator's name.
  public var estimator: String
  /// Bars that took part; with unequal histories the fewest of any pair.
  public var observationCount: Int
  /// Weight of the shrinkage target, 0 to 1; NaN if there is none.
  public var shrinkage = Double.nan
  /// Largest over least eigenvalue; infinite for a singular matrix, NaN until `PSDRepair.apply` was asked for it.
  public var conditionNumber = Double.nan
  /// The repair, if one was needed.
  public var repair: Repair?

  /// An estimate.
  public init(symbols: [String], matrix: Matrix, estimator: String, observationCount: Int) {
    self.symbols = symbols
    self.matrix = matrix
    self.estimator = estimator
    self.observationCount = observationCount
  }

  /// The estimate of some of the symbols, in an order of their own.
  public func symbols(_ positions: [Int]) -> CovarianceEstimate {
    var part = self
    part.symbols = positions.map { symbols[$0] }
    part.matrix = matrix.symmetric(positions)
    part.conditionNumber = .nan
    return part
  }

  /// Standard deviations: `[N]`, returns a bar.
  public var volatilities: [Double] { matrix.diagonal.map { max($0, 0).squareRoot() } }

  /// Correlations: `[N, N]`, ones on the diagonal; NaN off it for a symbol without variance.
  public var correlation: Matrix {
    let scale = volatilities.map { $0 > 0 ? 1 / $0 : .nan }
    var result = matrix
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        result[row, column] =
          row == column ? 1 : min(max(matrix[row, column] * (scale[row] * scale[column]), -1), 1)
      }
    }
    return result
  }
}
