import Allocation
import Kernels
import Risk

/// What is estimated once of a universe and shared by all portfolios.
public struct AdviceEstimates: Sendable {
  /// What was looked at.
  public let universe: AdviceUniverse
  /// Columns of symbols with enough returns: `[M]`.
  public let members: [Int]
  /// Place among `members` by column; nil for other columns: `[N]`.
  public let places: [Int?]
  /// Returns of the members: `[T, M]`.
  public let returns: ReturnTable
  /// The same by blocks of eight bars, 0 where there is none: `[⌈T / 8⌉, M]`.
  let filled: [SIMD8<Double>]
  /// Covariance of the members a bar: `[M, M]`.
  public let covariance: Matrix
  /// Expected returns of the members a bar: `[M]`.
  public let expectedReturns: [Double]
  /// How covariances and expectations were made.
  public let estimator: String
  /// How returns are expected.
  public let beliefs: String

  /// Estimates from a universe alone.
  ///
  /// - Throws: `AllocationError`: nothing to estimate from, or what an estimator refuses.
  public init(_ universe: AdviceUniverse, _ policy: AdvicePolicy) throws(AllocationError) {
    self.universe = universe
    let table = universe.returns
    let wanted = min(policy.lookback, table.barCount)
    guard wanted >= 30 else {
      throw .risk(
        .tooFewReturns(method: "advice at \(universe.bar + 1) bars", found: wanted, needed: 30))
    }
    var recipe = AllocationRecipe(
      allocator: EqualWeights(), covariance: policy.covariance, beliefs: policy.beliefs,
      lookback: max(2, policy.lookback))
    recipe.minHistory = policy.minHistory
    members = recipe.members(table, bars: 0..<table.barCount).filter {
      universe.prices[$0] > 0 && universe.rates[$0] > 0
        && Self.varies(table, $0)
    }
    guard !members.isEmpty else {
      throw .risk(.tooFewReturns(method: "a symbol", found: 0, needed: 30))
    }
    var places = [Int?](repeating: nil, count: table.symbolCount)
    for (place, column) in members.enumerated() { places[column] = place }
    self.places = places
    returns = table.symbols(members)
    filled = Self.filled(returns.values)
    let estimate: CovarianceEstimate
    do throws(RiskError) { estimate = try policy.covariance.estimate(returns) } catch {
      throw .risk(error)
    }
    let believed = try policy.beliefs.beliefs(returns, estimate)
    covariance = believed.covariance
    expectedReturns = believed.expectedReturns
    estimator = estimate.estimator
    beliefs = policy.beliefs.name
  }

  private static func filled(_ returns: Matrix) -> [SIMD8<Double>] {
    let width = returns.columns
    var blocks = [SIMD8<Double>](repeating: .zero, count: (returns.rows + 7) / 8 * width)
    for bar in 0..<returns.rows {
      for place in 0..<width where returns[bar, place].isFinite {
        blocks[bar / 8 * width + place][bar % 8] = returns[bar, place]
      }
    }
    return blocks
  }

  private static func varies(_ table: ReturnTable, _ column: Int) -> Bool {
    var first = Double.nan
    for bar in 0..<table.barCount where table.values[bar, column].isFinite {
      if first.isNaN { first = table.values[bar, column] }
      if table.values[bar, column] != first { return true }
    }
    return false
  }
}
