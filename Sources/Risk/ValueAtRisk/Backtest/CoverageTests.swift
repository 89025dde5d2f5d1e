import Kernels

/// Whether exceptions come as often as they should, and without clusters.
///
/// Likelihood ratios; p-values by the chi-square distribution with 1, 1 and 2 degrees of freedom. A term 0·log 0 is 0,
/// so no exceptions, or none after another, are ordinary cases.
///
/// - Source: Kupiec, J. Derivatives 3 (1995); Christoffersen, Int. Economic Review 39 (1998).
public struct CoverageTests: Sendable, Equatable {
  /// A likelihood ratio and how often a right model has a larger one.
  public struct Ratio: Sendable, Equatable {
    /// The statistic, 0 or more.
    public let statistic: Double
    /// The p-value.
    public let probability: Double

    init(_ statistic: Double, freedom: Double) {
      // Rounding leaves a few units below 0 where both likelihoods are equal.
      self.statistic = max(statistic, 0)
      probability = Distribution.chiSquareUpper(max(statistic, 0), freedom: freedom)
    }
  }

  /// Forecasts.
  public let count: Int
  /// Losses beyond VaR.
  public let exceptions: Int
  /// How often one bar's state is followed by another's: `[from][to]`, 1 for an exception.
  public let transitions: [[Int]]
  /// Kupiec: the rate of exceptions is the tail probability.
  public let unconditional: Ratio
  /// Christoffersen: an exception is as likely after another as after none.
  public let independence: Ratio
  /// Both: the sum of the two statistics.
  public let conditional: Ratio

  /// The tests of a series of hits.
  ///
  /// - Parameters:
  ///   - hits: whether the loss exceeded VaR, bar after bar.
  ///   - tail: the probability that it should, in (0, 1).
  public init(hits: [Bool], tail: Double) {
    var transitions = [[0, 0], [0, 0]]
    for (before, after) in zip(hits, hits.dropFirst()) {
      transitions[before ? 1 : 0][after ? 1 : 0] += 1
    }
    self.init(
      count: hits.count, exceptions: hits.count { $0 }, transitions: transitions, tail: tail)
  }

  /// The tests of counts.
  public init(count: Int, exceptions: Int, transitions: [[Int]], tail: Double) {
    self.count = count
    self.exceptions = exceptions
    self.transitions = transitions
    let uncovered = Self.kupiec(count: count, exceptions: exceptions, tail: tail)
    let clustered = Self.independence(transitions)
    unconditional = Ratio(uncovered, freedom: 1)
    independence = Ratio(clustered, freedom: 1)
    conditional = Ratio(max(uncovered, 0) + max(clustered, 0), freedom: 2)
  }

  /// LR_uc = 2·(log L(x/n) - log L(p)), L(q) = qˣ·(1 - q)ⁿ⁻ˣ.
  static func kupiec(count: Int, exceptions: Int, tail: Double) -> Double {
    guard count > 0 else { return 0 }
    let (hits, misses) = (Double(exceptions), Double(count - exceptions))
    return 2
      * (likelihood(hits, misses)
        - hits * DeterministicMath.log(tail) - misses * DeterministicMath.log(1 - tail))
  }

  /// LR_ind = 2·(log L(π₀₁, π₁₁) - log L(π)) over the transitions.
  static func independence(_ transitions: [[Int]]) -> Double {
    let n = transitions.map { $0.map(Double.init) }
    return 2
      * (likelihood(n[0][1], n[0][0]) + likelihood(n[1][1], n[1][0])
        - likelihood(n[0][1] + n[1][1], n[0][0] + n[1][0]))
  }

  /// The largest log likelihood of counts of two outcomes.
  private static func likelihood(_ hits: Double, _ misses: Double) -> Double {
    func term(_ count: Double) -> Double {
      count > 0 ? count * DeterministicMath.log(count / (hits + misses)) : 0
    }
    return term(hits) + term(misses)
  }
}
