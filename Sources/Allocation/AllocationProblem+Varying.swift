import Kernels
import Risk

extension AllocationProblem {
  /// Solves for the symbols that vary, by a method that divides by their risks.
  ///
  /// The price of a suspended stock does not move, which is no safety: a symbol whose variance is 0 gets no weight where the method's
  /// own would have no bound, and the notes name it. Constraints are those of all symbols.
  ///
  /// - Throws: what `solve` throws; `AllocationError.risk(.noVariation)` if no symbol varies; `unsupported` if a weight of 0 breaks
  ///   a constraint.
  /// - Source: `skfolio.pre_selection.DropZeroVariance`, which stands before a method there.
  func ofVarying(
    by method: String, _ solve: (AllocationProblem) throws(AllocationError) -> Allocation
  ) throws(AllocationError) -> Allocation {
    let constant = constantSymbols
    if constant.isEmpty { return try solve(self) }
    let whole = try checked(by: method)
    let varying = symbols.indices.filter { !constant.contains($0) }
    guard !varying.isEmpty else { throw .risk(.noVariation(symbols: symbols)) }
    var part = AllocationProblem(
      symbols: varying.map { symbols[$0] }, covariance: covariance.symmetric(varying),
      expectedReturns: varying.map { expectedReturns[$0] })
    part.riskFree = riskFree
    part.barsPerYear = barsPerYear
    // Such methods seek bounds and a budget, and only check the rest, which is done for all symbols below.
    part.constraints.lower = varying.map { constraints.lower[$0] }
    part.constraints.upper = varying.map { constraints.upper[$0] }
    part.constraints.budget = constraints.budget
    part.constraints.l2 = constraints.l2
    let found = try solve(part)
    var weights = [Double](repeating: 0, count: symbols.count)
    for (symbol, weight) in zip(varying, found.weights) { weights[symbol] = weight }
    var allocation = try whole.fixed(weights, objective: found.objective, by: method)
    allocation.steps = found.steps
    let names = Self.listed(constant.map { symbols[$0] })
    allocation.notes = found.notes + ["without weight, as they don't vary: \(names)"]
    return allocation
  }

  /// Positions of symbols whose variance is 0.
  private var constantSymbols: [Int] {
    covariance.diagonal.indices.filter { covariance[$0, $0] == 0 && $0 < symbols.count }
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", … \(names.count) in all" : "")
  }
}
