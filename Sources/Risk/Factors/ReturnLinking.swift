import Kernels

/// Factors by which contributions of single bars add up to a return over many bars.
///
/// - Source: Cariño, *Combining Attribution Effects Over Time*, Journal of Performance Measurement 3 (1999).
public struct ReturnLinking: Sendable, Equatable {
  /// A factor for each bar: `[T]`.
  public let factors: [Double]
  /// What the linked contributions add up to.
  public let total: Double

  /// Links contributions to the returns of a portfolio.
  ///
  /// - Parameter returns: `[T]`, each above −1.
  /// - Throws: `RiskError.outsideDomain` where a return is −1 or less, or not finite.
  public init(_ returns: [Double]) throws(RiskError) {
    try self.init(returns, over: Array(repeating: 0, count: returns.count))
  }

  /// Links contributions to the difference between a portfolio and a benchmark.
  ///
  /// - Parameters:
  ///   - returns: of the portfolio, `[T]`.
  ///   - benchmark: its returns, `[T]`.
  /// - Throws: `RiskError.outsideDomain` where a return is −1 or less, or not finite.
  public init(_ returns: [Double], over benchmark: [Double]) throws(RiskError) {
    precondition(returns.count == benchmark.count, "a return of the benchmark for each bar")
    var (growth, base) = (1.0, 1.0)
    var factors: [Double] = []
    factors.reserveCapacity(returns.count)
    for (bar, (value, other)) in zip(returns, benchmark).enumerated() {
      guard value > -1, other > -1, value.isFinite, other.isFinite else {
        throw .outsideDomain(
          method: "linking over time",
          reason: "bar \(bar + 1) has a return of \(min(value, other)); contributions can only be "
            + "linked while something is left")
      }
      growth *= 1 + value
      base *= 1 + other
      factors.append(Self.slope(1 + value, 1 + other))
    }
    let whole = Self.slope(growth, base)
    total = growth - base
    guard whole.isFinite, whole > 0, total.isFinite else {
      throw .outsideDomain(
        method: "linking over time", reason: "the returns compound beyond what a number holds")
    }
    self.factors = factors.map { $0 / whole }
  }

  /// (ln a − ln b) / (a − b), whose limit for a = b is 1 / b.
  static func slope(_ a: Double, _ b: Double) -> Double {
    let ratio = a / b
    // ln u / (u − 1) is smooth at 1, so that the rounding of u does no harm.
    return (ratio == 1 ? 1 : DeterministicMath.log(ratio) / (ratio - 1)) / b
  }

  /// The sum of contributions over time.
  ///
  /// - Parameter contributions: `[T]`.
  public func linked(_ contributions: [Double]) -> Double {
    LinearAlgebra.dot(factors, contributions)
  }
}
