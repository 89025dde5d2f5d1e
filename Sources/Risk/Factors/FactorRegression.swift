import Kernels

/// How the errors of coefficients are estimated.
public enum CoefficientErrors: Sendable, Equatable {
  /// Residuals of equal variance that know nothing of each other.
  case classical
  /// Newey and West: residuals may have changing variance and be correlated up to so many bars; nil chooses ⌊4 · (T / 100)^(2/9)⌋.
  case hac(lags: Int?)
}

/// Least squares of returns on factors, with an intercept.
///
/// r − rf = α + Σ βₖ · fₖ + e, over the bars at which the returns and all factors have a value. rf is taken off where the table has one.
///
/// - Source: ordinary least squares; Newey and West, *A Simple, Positive Semi-Definite, Heteroskedasticity and
///   Autocorrelation Consistent Covariance Matrix*, Econometrica 55 (1987), Bartlett weights, no correction for small samples.
public struct FactorRegression: Sendable, Equatable {
  /// Names of the factors: `[K]`.
  public let factors: [String]
  /// Bars that took part.
  public let observationCount: Int
  /// Return a bar that no factor explains, a fraction.
  public let alpha: Double
  /// `[K]`, return for a return of 1 of each factor.
  public let betas: [Double]
  /// Standard errors of alpha and the betas: `[1 + K]`.
  public let standardErrors: [Double]
  /// Lags of the errors by Newey and West; nil for classical ones.
  public let lags: Int?
  /// Share of the variance that the factors explain; NaN if the returns don't vary.
  public let rSquared: Double
  /// √(Σ e² / (T − K − 1)), a bar.
  public let residualVolatility: Double
  /// Σ e² / (T − 1): what the factors leave of the sample variance, so that the parts add up to it.
  public let residualVariance: Double

  /// Degrees of freedom of the t statistics.
  public var freedom: Int { observationCount - betas.count - 1 }
  /// Alpha and betas: `[1 + K]`.
  public var coefficients: [Double] { [alpha] + betas }
  /// Coefficients over their errors: `[1 + K]`; NaN for an error of 0.
  public var tStatistics: [Double] {
    zip(coefficients, standardErrors).map { $1 > 0 ? $0 / $1 : .nan }
  }
  /// Probability of a t statistic as far from 0 on either side, by Student's t: `[1 + K]`.
  public var pValues: [Double] {
    tStatistics.map { 2 * Distribution.studentCDF(-abs($0), freedom: Double(freedom)) }
  }
  /// R² less what factors without meaning would explain.
  public var adjustedRSquared: Double {
    1 - (1 - rSquared) * Double(observationCount - 1) / Double(freedom)
  }

  /// Regresses one series.
  ///
  /// - Parameters:
  ///   - returns: `[T]`, at the bars of the factors; NaN takes no part.
  ///   - factors: `[T, K]`.
  ///   - name: of the series, for messages.
  /// - Throws: `RiskError`: fewer than K + 2 bars; factors that depend on each other or don't vary.
  public init(
    of returns: [Double], name: String, on factors: FactorTable,
    errors: CoefficientErrors = .classical
  ) throws(RiskError) {
    var many = try Self.all(
      of: Matrix(rows: returns.count, columns: 1, returns), names: [name], on: factors,
      errors: errors)
    self = many.removeLast()
  }

  /// Regresses many series; those with values at the same bars share the work.
  ///
  /// - Parameters:
  ///   - returns: `[T, N]`, at the bars of the factors; NaN takes no part.
  ///   - names: `[N]`, for messages.
  public static func all(
    of returns: Matrix, names: [String], on factors: FactorTable,
    errors: CoefficientErrors = .classical
  ) throws(RiskError) -> [FactorRegression] {
    precondition(returns.rows == factors.barCount, "returns at the bars of the factors")
    precondition(returns.columns == names.count, "a name for each series")
    if case .hac(.some(let lags)) = errors, lags < 0 {
      throw .setting(name: "lags", found: "\(lags)", expected: "0 or more")
    }
    var groups: [(bars: [Int], columns: [Int])] = []
    var places: [[Int]: Int] = [:]
    for column in 0..<returns.columns {
      let bars = (0..<returns.rows).filter {
        returns[$0, column].isFinite && factors.isComplete(bar: $0)
      }
      if let place = places[bars] {
        groups[place].columns.append(column)
      } else {
        places[bars] = groups.count
        groups.append((bars, [column]))
      }
    }
    var found = [FactorRegression?](repeating: nil, count: returns.columns)
    for (bars, columns) in groups {
      let design = try FactorDesign(factors, bars: bars, name: names[columns[0]])
      for (column, fit) in zip(columns, design.fit(returns, columns, errors)) {
        found[column] = fit
      }
    }
    return found.compactMap { $0 }
  }

  init(
    factors: [String], coefficients: [Double], standardErrors: [Double], lags: Int?,
    residuals: [Double], total: Double
  ) {
    self.factors = factors
    observationCount = residuals.count
    alpha = coefficients[0]
    betas = Array(coefficients.dropFirst())
    self.standardErrors = standardErrors
    self.lags = lags
    let left = LinearAlgebra.dot(residuals, residuals)
    rSquared = total > 0 ? 1 - left / total : .nan
    residualVolatility = (left / Double(residuals.count - coefficients.count)).squareRoot()
    residualVariance = left / Double(residuals.count - 1)
  }
}
