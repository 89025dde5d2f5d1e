import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a Sharpe ratio of a finite sample says of the true one.
///
/// Ratios are per observation, not annual. Kurtosis is raw: 3 for a normal distribution.
///
/// - Source: Bailey and López de Prado, J. Risk 15 (2012), and J. Portfolio Management 40 (2014).
public enum SharpeInference {
  /// Probability that the true Sharpe ratio exceeds a benchmark.
  ///
  /// - Parameters:
  ///   - sharpe: the ratio of the sample, per observation.
  ///   - benchmark: the ratio to exceed, per observation.
  ///   - count: number of observations, from 2.
  ///   - skew: third standardised moment.
  ///   - kurtosis: fourth standardised moment, raw.
  /// - Returns: NaN where the moments leave the ratio no variance.
  public static func probability(
    sharpe: Double, exceeds benchmark: Double, count: Int, skew: Double, kurtosis: Double
  ) -> Double {
    guard let spread = spread(sharpe, skew, kurtosis), count > 1 else { return .nan }
    return Distribution.normalCDF(
      (sharpe - benchmark) * Double(count - 1).squareRoot() / spread)
  }

  /// Number of observations from which the sample's ratio exceeds a benchmark with a given probability.
  ///
  /// - Parameter confidence: for example 0.95.
  /// - Returns: NaN where the ratio is not above the benchmark.
  public static func minimumTrackRecord(
    sharpe: Double, exceeds benchmark: Double, confidence: Double, skew: Double, kurtosis: Double
  ) -> Double {
    guard sharpe > benchmark, let spread = spread(sharpe, skew, kurtosis) else { return .nan }
    let score = Distribution.normalQuantile(confidence) / (sharpe - benchmark)
    return 1 + spread * spread * score * score
  }

  /// The largest Sharpe ratio that trials without any skill are expected to show.
  ///
  /// - Parameters:
  ///   - trials: effective number of independent trials; at least 1.
  ///   - deviation: standard deviation of the trials' ratios, per observation.
  public static func expectedMaximum(trials: Double, deviation: Double) -> Double {
    if trials <= 1 { return 0 }
    let euler = 0.5772156649015329
    return deviation
      * ((1 - euler) * Distribution.normalQuantile(1 - 1 / trials)
        + euler * Distribution.normalQuantile(1 - 1 / (trials * exp(1))))
  }

  /// Probability that the true ratio of the best of several trials exceeds what trials without skill would show.
  ///
  /// - Parameters: as of `probability` and `expectedMaximum`.
  public static func deflatedProbability(
    sharpe: Double, trials: Double, deviation: Double, count: Int, skew: Double, kurtosis: Double
  ) -> Double {
    probability(
      sharpe: sharpe, exceeds: expectedMaximum(trials: trials, deviation: deviation),
      count: count, skew: skew, kurtosis: kurtosis)
  }

  /// Standard deviation of the estimated ratio, times the root of the observations less one.
  private static func spread(_ sharpe: Double, _ skew: Double, _ kurtosis: Double) -> Double? {
    let variance = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe
    return variance > 0 ? variance.squareRoot() : nil
  }
}
