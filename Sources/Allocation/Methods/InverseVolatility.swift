/// Weights in proportion to 1 / volatility.
///
/// Bounds and other constraints are checked, not sought: weights that break one are refused.
public struct InverseVolatility: Allocator {
  static let entry = AllocatorEntry(
    "inverse_volatility", "weights in proportion to 1 / volatility, without correlations"
  ) { (_) throws(AllocationError) in InverseVolatility() }

  /// Inverse volatility.
  public init() {}

  /// `inverse_volatility`.
  public var name: String { "inverse_volatility" }
  /// (1/σ) / Σ (1/σ).
  public var definition: String { "w = (1/σ) / Σ (1/σ) · budget" }

  /// Weights by volatility; a symbol that does not vary has none, and is named in the notes.
  ///
  /// - Throws: `AllocationError.unsupported` if they break a constraint; `risk(.noVariation)` if none varies.
  public func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    try problem.ofVarying(by: name, solve)
  }

  private func solve(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let problem = try problem.checked(by: name)
    let deviations = problem.covariance.diagonal.map { $0.squareRoot() }
    let sum = deviations.reduce(0) { $0 + 1 / $1 }
    let budget = problem.constraints.budget ?? 1
    return try problem.fixed(
      deviations.map { budget / $0 / sum }, objective: .nan, by: name)
  }
}
