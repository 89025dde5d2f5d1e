import Kernels

/// The returns of a portfolio as contributions of factors, of the rate without risk, and a specific rest.
///
/// At each bar r = rf + Σ βₖ · fₖ + specific, where the specific part is what remains, alpha included. Over time the parts are linked, so
/// that they add up to the compounded return.
public struct FactorAttribution: Sendable, Equatable {
  /// Names of the factors: `[K]`.
  public let factors: [String]
  /// βₖ · fₖ a bar: `[T, K]`, fractions.
  public let contributions: Matrix
  /// The rate without risk a bar, `[T]`; zeros where the table has none.
  public let riskFree: [Double]
  /// What remains of each return: `[T]`.
  public let specific: [Double]
  /// Linked contributions of the factors: `[K]`.
  public let linked: [Double]
  /// Linked contribution of the rate without risk.
  public let linkedRiskFree: Double
  /// Linked specific contribution.
  public let linkedSpecific: Double
  /// The compounded return, the sum of all linked parts.
  public let total: Double

  /// Attributes returns, each above −1.
  ///
  /// - Parameters:
  ///   - returns: `[T]`, at the bars of the factors.
  ///   - betas: `[K]`.
  /// - Throws: `RiskError.outsideDomain` for a return of −1 or less, or a missing one, or a missing factor.
  public init(of returns: [Double], betas: [Double], on factors: FactorTable) throws(RiskError) {
    precondition(returns.count == factors.barCount, "returns at the bars of the factors")
    precondition(betas.count == factors.factorCount, "a beta for each factor")
    if let bar = (0..<factors.barCount).first(where: { !factors.isComplete(bar: $0) }) {
      throw .outsideDomain(
        method: "attribution to factors",
        reason: "a factor has no return at bar \(bar + 1) of \(factors.barCount)")
    }
    let linking = try ReturnLinking(returns)
    var contributions = factors.values
    let rates = factors.riskFree ?? Array(repeating: 0, count: returns.count)
    var specific = returns
    for bar in returns.indices {
      var explained = rates[bar]
      for factor in betas.indices {
        contributions[bar, factor] *= betas[factor]
        explained += contributions[bar, factor]
      }
      specific[bar] = returns[bar] - explained
    }
    self.factors = factors.names
    self.contributions = contributions
    self.riskFree = rates
    self.specific = specific
    linked = betas.indices.map { linking.linked(contributions.column($0)) }
    linkedRiskFree = linking.linked(rates)
    linkedSpecific = linking.linked(specific)
    total = linking.total
  }
}
