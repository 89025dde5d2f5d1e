import CBoostMath

/// Probability distributions by Boost.Math; an argument outside the domain gives NaN.
public enum Distribution {
  /// Density of Student's t with `freedom` degrees of freedom, above 0.
  public static func studentDensity(_ x: Double, freedom: Double) -> Double {
    apus_student_t_density(freedom, x)
  }

  /// Probability that Student's t is at most x.
  public static func studentCDF(_ x: Double, freedom: Double) -> Double {
    apus_student_t_cdf(freedom, x)
  }

  /// The x that Student's t does not exceed with probability p.
  public static func studentQuantile(_ p: Double, freedom: Double) -> Double {
    apus_student_t_quantile(freedom, p)
  }

  /// Density of the standard normal.
  public static func normalDensity(_ x: Double) -> Double {
    0.398942280401432677939946 * DeterministicMath.exp(-0.5 * x * x)
  }

  /// Probability that a standard normal number is at most x.
  public static func normalCDF(_ x: Double) -> Double { apus_normal_cdf(x) }

  /// The x that a standard normal number does not exceed with probability p.
  public static func normalQuantile(_ p: Double) -> Double { apus_normal_quantile(p) }

  /// Probability that a chi-square number exceeds x: the p-value of a likelihood ratio.
  public static func chiSquareUpper(_ x: Double, freedom: Double) -> Double {
    apus_chi_square_upper(freedom, x)
  }

  /// The x that a chi-square number does not exceed with probability p.
  public static func chiSquareQuantile(_ p: Double, freedom: Double) -> Double {
    apus_chi_square_quantile(freedom, p)
  }

  /// Probability of at most `successes` of `trials`, each of probability p.
  public static func binomialCDF(_ successes: Int, of trials: Int, probability p: Double) -> Double
  {
    apus_binomial_cdf(Double(trials), p, Double(successes))
  }

  /// Logarithm of the gamma function of x > 0.
  public static func logGamma(_ x: Double) -> Double { apus_log_gamma(x) }
}
