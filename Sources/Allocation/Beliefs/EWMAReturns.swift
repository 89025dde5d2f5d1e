import Kernels
import Risk

/// Means in which a return weighs half as much as one `halfLife` bars later.
public struct EWMAReturns: ReturnBeliefs {
  static let entry = BeliefsEntry(
    "ewma", "past mean returns, later ones weighing more",
    settings: [AllocatorSetting("half_life", "bars after which a return weighs half; 63")]
  ) { (settings) throws(AllocationError) in
    EWMAReturns(halfLife: try settings.number("half_life", in: 1e-3...1e9, default: 63))
  }

  /// Bars after which a return weighs half.
  public let halfLife: Double

  /// Means with a half-life, in bars above 0.
  public init(halfLife: Double) {
    precondition(halfLife > 0, "a half-life above 0")
    self.halfLife = halfLife
  }

  /// `ewma(63.0)`.
  public var name: String { "ewma(\(halfLife))" }

  /// Σ λ^(T−1−t) r_t / Σ λ^(T−1−t) over the returns that there are, λ = 2^(−1/half-life); the covariance as it is.
  public func beliefs(_ returns: ReturnTable, _ covariance: CovarianceEstimate)
    throws(AllocationError) -> Beliefs
  {
    let keeps = DeterministicMath.exp(-DeterministicMath.log(2) / halfLife)
    var sums = [Double](repeating: 0, count: returns.symbolCount)
    var weights = sums
    var weight = 1.0
    for bar in (0..<returns.barCount).reversed() {
      for symbol in sums.indices where !returns.values[bar, symbol].isNaN {
        sums[symbol] += weight * returns.values[bar, symbol]
        weights[symbol] += weight
      }
      weight *= keeps
    }
    if let symbol = weights.firstIndex(of: 0) {
      throw .risk(.noVariation(symbol: returns.symbols[symbol]))
    }
    return Beliefs(
      expectedReturns: zip(sums, weights).map { $0 / $1 }, covariance: covariance.matrix)
  }
}
