import Kernels
import Risk

/// Weights of least variance at each of several expected returns, from the least variance of all to the largest return.
public struct EfficientFrontier: Sendable {
  /// Names of the symbols: `[N]`.
  public let symbols: [String]
  /// Weights of the points, by expected return: `[K, N]`.
  public let weights: Matrix
  /// Expected return a year, that of a bar × bars a year: `[K]`.
  public let returnAnnualized: [Double]
  /// Volatility a year, that of a bar × √(bars a year): `[K]`.
  public let volatilityAnnualized: [Double]
  /// (Return − risk-free) / volatility, a year: `[K]`; NaN without volatility.
  public let sharpeAnnualized: [Double]
  /// Expected return a year of each symbol alone: `[N]`.
  public let symbolReturnAnnualized: [Double]
  /// Volatility a year of each symbol alone: `[N]`.
  public let symbolVolatilityAnnualized: [Double]

  /// Number of points, `K`.
  public var pointCount: Int { weights.rows }

  /// Solves for points evenly spaced in expected return; each begins with what held at the one before.
  ///
  /// If only one expected return can be had there is one point.
  ///
  /// - Parameter points: how many, from 2 to 10,000.
  /// - Throws: `AllocationError`: infeasible constraints, no bound on returns, `maxHoldings` or `l2`, which a frontier does not keep.
  public init(_ given: AllocationProblem, points: Int) throws(AllocationError) {
    let name = "frontier"
    let problem = try given.checked(by: name)
    guard (2...10_000).contains(points) else {
      throw .setting(name: name, found: "\(points)", expected: "2 to 10000 points")
    }
    try problem.refusePenalty(by: name)
    if let most = problem.constraints.maxHoldings {
      throw .unsupported(method: name, constraint: "at most \(most) holdings")
    }
    let program = WeightProgram(problem: problem, method: name)
    let means = problem.expectedReturns
    let zero = problem.symbols.map { _ in 0.0 }
    let calm = try program.minimise(problem.covariance, zero)
    let low = LinearAlgebra.dot(means, calm.x)
    let high = max(low, try program.maximise(means).value)
    let size = means.reduce(0) { max($0, abs($1)) }
    let steps = high - low > 1e-10 * size ? points - 1 : 0
    var rows = [calm.x]
    var guess: ActiveSet?
    for step in stride(from: 1, through: steps, by: 1) {
      // Just below the largest return, or rounding may leave it out of reach.
      let goal =
        step == steps ? high - 1e-12 * size : low + (high - low) * Double(step) / Double(steps)
      let row = WeightPolytope.NamedRow(
        name: "return at least \(goal) a bar", row: WeightProgram.atLeast(goal, of: means))
      let solution = try program.minimise(problem.covariance, zero, [row], guess: guess)
      guess = solution.active
      rows.append(solution.x)
    }
    let year = problem.barsPerYear
    var returns: [Double] = []
    var volatilities: [Double] = []
    for row in rows {
      returns.append(LinearAlgebra.dot(means, row) * year)
      volatilities.append((try problem.variance(of: row) * year).squareRoot())
    }
    symbols = problem.symbols
    weights = Matrix(rows: rows.count, columns: symbols.count, rows.flatMap { $0 })
    returnAnnualized = returns
    volatilityAnnualized = volatilities
    sharpeAnnualized = zip(returns, volatilities).map {
      $1 > 0 ? ($0 - problem.riskFree * year) / $1 : .nan
    }
    symbolReturnAnnualized = means.map { $0 * year }
    symbolVolatilityAnnualized = problem.covariance.diagonal.map { ($0 * year).squareRoot() }
  }
}
