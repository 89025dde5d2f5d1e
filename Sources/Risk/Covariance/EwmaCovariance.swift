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
    sample.values.scaleColumns(roots)
    var matrix = try sample.products(sample.values)
    if var weights = sample.presence {
      weights.scaleColumns(roots)
      let totals = try sample.products(weights)
      for index in matrix.values.indices { matrix.values[index] /= totals.values[index] }
    } else {
      let total = roots.reduce(0) { $0 + $1 * $1 }
      for index in matrix.values.indices { matrix.values[index] /= total }
    }
    return try sample.estimate(matrix, by: name)
  }

  /// Windows that follow from each other.
  public func rolling(_ returns: ReturnTable) throws(RiskError) -> RollingCovariance? {
    guard missing == .complete || returns.isComplete else { return nil }
    return try RollingCovariance(returns, name: name, lambda: lambda)
  }

  /// λ to the power of a number of bars; so many that nothing is left of it give next to nothing.
  static func weight(_ lambda: Double, bars: Int) -> Double {
    DeterministicMath.exp(max(DeterministicMath.log(lambda) * Double(bars), -680))
  }

  /// Roots of λ to the power of ages.
  private static func rootWeights(_ ages: [Int], lambda: Double) -> [Double] {
    let youngest = ages.min() ?? 0
    return ages.map { weight(lambda, bars: $0 - youngest).squareRoot() }
  }

  static let entry = CovarianceCatalog.Entry(
    name: "ewma", summary: "Weights that fall by a factor from bar to bar, about 0.",
    settings: [.fraction("lambda", "Weight of a bar over that of the next.", fallback: 0.94)],
    takesPairs: true, make: { EwmaCovariance(lambda: $0[0], missing: $1) })
}

extension Matrix {
  /// Multiplies each column by a number.
  fileprivate mutating func scaleColumns(_ scales: [Double]) {
    for row in 0..<rows {
      for column in 0..<columns { values[row * columns + column] *= scales[column] }
    }
  }
}
