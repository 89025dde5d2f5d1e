import Kernels

/// A covariance with other volatilities and correlations.
public struct CovarianceStress: Sendable, Equatable {
  /// What volatilities are multiplied by, above 0.
  public let volatility: Double
  /// How far correlations move: 1 makes them all 1, 0 leaves them, −1 makes them all 0.
  public let correlation: Double

  /// A stress.
  ///
  /// - Throws: `RiskError.setting` for a volatility not above 0, or a correlation outside −1 to 1.
  public init(volatility: Double = 1, correlation: Double = 0) throws(RiskError) {
    guard volatility > 0, volatility.isFinite else {
      throw .setting(name: "volatility", found: "\(volatility)", expected: "a number above 0")
    }
    guard abs(correlation) <= 1 else {
      throw .setting(
        name: "correlation", found: "\(correlation)",
        expected: "-1 (none) to 1 (all symbols as one); 0 leaves them")
    }
    self.volatility = volatility
    self.correlation = correlation
  }

  /// The covariance under the stress.
  ///
  /// Correlations become (1 − |b|) · ρ + |b| · ρ*, with ρ* all ones, or the identity for b below 0. Both are positive
  /// semi-definite, so the mixture is, if the covariance was. Symbols that don't vary stay so.
  ///
  /// - Parameter covariance: `[N, N]`.
  public func applied(to covariance: Matrix) -> Matrix {
    let deviations = covariance.diagonal.map { max($0, 0).squareRoot() }
    var result = covariance
    for row in 0..<covariance.rows {
      for column in 0..<covariance.rows {
        let most = row == column || correlation > 0 ? deviations[row] * deviations[column] : 0
        // The diagonal as it is: the root of a square is not its bits.
        let mixed =
          row == column
          ? covariance[row, row]
          : (1 - abs(correlation)) * covariance[row, column] + abs(correlation) * most
        result[row, column] = volatility * volatility * mixed
      }
    }
    return result
  }
}
