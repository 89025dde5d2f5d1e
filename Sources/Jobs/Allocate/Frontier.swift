import Allocation
import Kernels
import Risk
import Storage

/// The efficient frontier: the least variance at returns from that of the least variance of all to the largest there is.
struct Frontier: Sendable {
  /// Expected returns a year: `[K]`.
  private(set) var returns: [Double] = []
  /// Volatilities a year: `[K]`.
  private(set) var volatilities: [Double] = []
  /// Weights of all symbols: `[K, N]`.
  private(set) var weights: [Double] = []
  /// Single symbols: expected return and volatility a year, by name.
  private(set) var singles: [(name: String, volatility: Double, expected: Double)] = []
  private let symbols: [String]
  private let riskFree: Double

  /// Finds it, under the constraints of a recipe.
  init(
    _ recipe: AllocationRecipe, _ sample: AllocationRecipe.Sample, points: Int, symbols: [String],
    cache: CovarianceCache
  ) throws(AllocationError) {
    self.symbols = symbols
    riskFree = recipe.riskFree
    var recipe = recipe
    recipe.allocator = MinVariance()
    let least = try recipe.estimate(sample, cache: cache)
    let problem = least.problem
    let bars = problem.barsPerYear
    let most = try MaxUtility(riskAversion: 0).allocate(problem)
    let low = LinearAlgebra.dot(problem.expectedReturns, least.allocation.weights)
    let high = LinearAlgebra.dot(problem.expectedReturns, most.weights)
    for point in 0..<points {
      let share = Double(point) / Double(points - 1)
      var found = least.allocation
      if point > 0, high > low {
        // A hair below the largest return, where there is room for a solver.
        let target = low + (high - low) * min(share, 1 - 1e-9)
        found = try TargetReturn(target: target * bars).allocate(problem)
      }
      var all = least
      all.allocation = found
      weights += all.weights(count: symbols.count)
      returns.append(LinearAlgebra.dot(problem.expectedReturns, found.weights) * bars)
      let variance = try AllocationError.algebra { () throws(LinearAlgebraError) in
        try LinearAlgebra.quadratic(problem.covariance, found.weights)
      }
      volatilities.append((max(0, variance) * bars).squareRoot())
    }
    singles = problem.symbols.indices.map {
      (
        problem.symbols[$0], (problem.covariance[$0, $0] * bars).squareRoot(),
        problem.expectedReturns[$0] * bars
      )
    }
  }

  /// The frontier as a part of a result.
  var group: ResultGroup {
    ResultGroup(
      "frontier", title: "Efficient frontier",
      dimensions: [
        .init("point", .integers(returns.indices.map { Int64($0) + 1 })),
        .init("symbol", .texts(symbols)),
      ],
      variables: [
        .init("expected_return", ["point"], returns, unit: "fraction", definition: "a year"),
        .init("volatility", ["point"], volatilities, unit: "fraction", definition: "a year"),
        .init(
          "sharpe", ["point"], zip(returns, volatilities).map { ($0 - riskFree) / $1 },
          definition: "expected return above risk-free over volatility"),
        .init("weight", ["point", "symbol"], weights, unit: "fraction"),
      ])
  }
}
