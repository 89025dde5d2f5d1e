/// The same weight for every symbol.
///
/// Bounds and other constraints are checked, not sought: weights that break one are refused.
public struct EqualWeights: Allocator {
  static let entry = AllocatorEntry("equal", "the same weight for every symbol") {
    (_) throws(AllocationError) in EqualWeights()
  }

  /// Equal weights.
  public init() {}

  /// `equal`.
  public var name: String { "equal" }
  /// budget / N.
  public var definition: String { "w = budget / N" }

  /// Equal weights.
  ///
  /// - Throws: `AllocationError.unsupported` if they break a constraint.
  public func allocate(_ problem: AllocationProblem) throws(AllocationError) -> Allocation {
    let budget = try problem.checked(by: name).constraints.budget ?? 1
    let weights = problem.symbols.map { _ in budget / Double(problem.symbols.count) }
    return try problem.fixed(weights, objective: .nan, by: name)
  }
}
