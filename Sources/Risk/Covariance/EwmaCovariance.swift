import Kernels

/// Exponentially weighted covariance: a return k bars before the last one weighs λᵏ, and the weights add up to 1.
///
/// Returns are not centred: a mean over so few effective bars is mostly noise. Gaps age like bars.
///
/// - Source: RiskMetrics, *Technical Document* (1996), 5.2; as `skfolio.moments.EWCovariance` with its bias corrected.
public struct EwmaCovariance: CovarianceEstimator {
  /// Weight of a bar over that of the next, in (0, 1).
  public let lambda: Double
  /// What is done with gaps.
  public let missing: MissingReturns
  /// Name with its settings.
  public var name: String { CovarianceCatalog.name("ewma", [lambda], missing) }

  /// An exponentially weighted covariance.
  ///
  /// - Precondition: `lambda` lies in (0, 1).
  public init(lambda: Double = 0.94, missing: MissingReturns = .complete) {
    precondition(lambda > 0 && lambda < 1, "lambda in (0, 1)")
    self.lambda = lambda
    self.missing = missing
  }

  /// Estimates from all bars of a table.
  public func estimate(_ returns: ReturnTable, workers: Int) throws(RiskError)
    -> CovarianceEstimate
  {
    var sample = try ReturnSample(
      returns, missing, method: name, needed: 1, isCentred: false, workers: workers)
    let roots = Self.rootWeights(sample.ages, lambda: lambda)
    let width = sample.symbolCount
    for (row, root) in roots.enumerated() {
      for index in row * width..<(row + 1) * width { sample.values.values[index] *= root }
    }
    let weighted = sample.values
    var matrix = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.gram(weighted, workers: workers)
    }
    guard var there = sample.presence else {
      let total = roots.reduce(0) { $0 + $1 * $1 }
      for index in matrix.values.indices { matrix.values[index] /= total }
      return try sample.estimate(matrix, by: name)
    }
    for (row, root) in roots.enumerated() {
      for index in row * width..<(row + 1) * width { there.values[index] *= root }
    }
    let weights = there
    let totals = try RiskError.algebra { () throws(LinearAlgebraError) in
      try LinearAlgebra.gram(weights, workers: workers)
    }
    for index in matrix.values.indices { matrix.values[index] /= totals.values[index] }
    return try sample.estimate(matrix, by: name)
  }

  /// Roots of λ to the power of ages.
  static func rootWeights(_ ages: [Int], lambda: Double) -> [Double] {
    // Older than that a bar has no weight in 64 bits, next to the youngest.
    let rate = 0.5 * DeterministicMath.log(lambda)
    let youngest = ages.min() ?? 0
    return ages.map { DeterministicMath.exp(max(rate * Double($0 - youngest), -340)) }
  }

  static let entry = CovarianceCatalog.Entry(
    name: "ewma", summary: "Weights that fall by a factor from bar to bar, about 0.",
    settings: [
      .init(
        name: "lambda", summary: "Weight of a bar over that of the next.", fallback: 0.94,
        expected: "a number between 0 and 1, such as 0.94", accepts: { $0 > 0 && $0 < 1 })
    ], takesPairs: true, make: { EwmaCovariance(lambda: $0[0], missing: $1) })
}
