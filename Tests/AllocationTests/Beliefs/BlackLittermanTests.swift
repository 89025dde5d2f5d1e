import Kernels
import Risk
import Testing

@testable import Allocation

struct BlackLittermanTests {
  /// Views of the golden file on the sample's symbols.
  private func model() throws -> (BlackLitterman, Matrix, [String], ClusterGolden.Black) {
    let black = try ClusterGolden.read.get().blackLitterman
    let problem = try ClusterGolden.problem()
    let symbols = problem.symbols
    var covariance = problem.covariance
    for index in covariance.values.indices { covariance.values[index] *= 252 }
    let views = black.returns.indices.map { row in
      let picks = black.views[row * symbols.count..<(row + 1) * symbols.count]
      return View(
        weights: Dictionary(
          uniqueKeysWithValues: zip(symbols, picks).filter { $0.1 != 0 }),
        annualReturn: black.returns[row])
    }
    var model = BlackLitterman(views: views)
    model.market = MarketWeights(
      values: Dictionary(uniqueKeysWithValues: zip(symbols, black.caps)))
    model.riskFree = 0.02
    return (model, covariance, symbols, black)
  }

  private func expect(
    _ found: Beliefs, _ wanted: ClusterGolden.Black.Posterior,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(distance(found.expectedReturns, wanted.mean) < 1e-12, sourceLocation: sourceLocation)
    #expect(
      distance(found.covariance.values, wanted.covariance) < 1e-12, sourceLocation: sourceLocation)
  }

  @Test func posteriorsAreThoseOfPyPortfolioOpt() throws {
    var (model, covariance, symbols, black) = try model()
    let prior = try model.equilibrium(covariance, symbols: symbols, barsPerYear: 1)
    #expect(distance(prior, black.prior) < 1e-12)
    expect(try model.posterior(covariance, symbols: symbols, barsPerYear: 1), black.usual)
    for (row, confidence) in [0.6, 0.25, 1].enumerated() {
      model.views[row].confidence = confidence
    }
    expect(try model.posterior(covariance, symbols: symbols, barsPerYear: 1), black.idzorek)
    for (row, variance) in [0.01, 0.002, 0.03].enumerated() {
      model.views[row].annualVariance = variance
    }
    expect(try model.posterior(covariance, symbols: symbols, barsPerYear: 1), black.given)
  }

  @Test func unitsOfABarFollowFromThoseOfAYear() throws {
    let (model, covariance, symbols, black) = try model()
    var daily = covariance
    for index in daily.values.indices { daily.values[index] /= 252 }
    let found = try model.posterior(daily, symbols: symbols, barsPerYear: 252)
    #expect(distance(found.expectedReturns.map { $0 * 252 }, black.usual.mean) < 1e-12)
  }

  /// Seven countries of He and Litterman (1999), tables 1, 2 and 4: δ = 2.5, τ = 0.05.
  @Test func heAndLittermansExample() throws {
    let names = ["AUS", "CAN", "FRA", "GER", "JAP", "UK", "USA"]
    let deviations = [0.160, 0.203, 0.248, 0.271, 0.210, 0.200, 0.187]
    let lower: [[Double]] = [
      [], [0.488], [0.478, 0.664], [0.515, 0.655, 0.861], [0.439, 0.310, 0.355, 0.354],
      [0.512, 0.608, 0.783, 0.777, 0.405], [0.491, 0.779, 0.668, 0.653, 0.306, 0.652],
    ]
    var covariance = Matrix(rows: 7, columns: 7)
    for row in 0..<7 {
      covariance[row, row] = deviations[row] * deviations[row]
      for column in 0..<row {
        let value = lower[row][column] * deviations[row] * deviations[column]
        covariance[row, column] = value
        covariance[column, row] = value
      }
    }
    let market = [0.016, 0.022, 0.052, 0.055, 0.116, 0.124, 0.615]
    // Germany earns 5 % more than the rest of Europe, by market weight.
    let rest = 0.052 + 0.124
    var model = BlackLitterman(views: [
      View(weights: ["GER": 1, "FRA": -0.052 / rest, "UK": -0.124 / rest], annualReturn: 0.05)
    ])
    model.market = MarketWeights(values: Dictionary(uniqueKeysWithValues: zip(names, market)))
    let prior = try model.equilibrium(covariance, symbols: names, barsPerYear: 1)
    let printed = [0.039, 0.069, 0.084, 0.090, 0.043, 0.068, 0.076]
    #expect(distance(prior, printed) < 0.0006)
    let found = try model.posterior(covariance, symbols: names, barsPerYear: 1)
    let moved = [0.043, 0.076, 0.093, 0.110, 0.045, 0.070, 0.081]
    #expect(distance(found.expectedReturns, moved) < 0.0006)
    // Their weights w* = (δ·Σ̄)⁻¹·μ̄: the market over 1 + τ, and the view's portfolio.
    let weights = try LinearAlgebra.solve(found.covariance, found.expectedReturns).map { $0 / 2.5 }
    for place in [0, 1, 4, 6] { #expect(abs(weights[place] - market[place] / 1.05) < 1e-12) }
    #expect(distance(weights, [0.015, 0.021, -0.040, 0.354, 0.110, -0.095, 0.586]) < 0.0006)
  }

  @Test func withoutViewsTheMarketIsHeld() throws {
    var (model, covariance, symbols, _) = try model()
    model.riskFree = 0
    model.views = []
    let found = try model.posterior(covariance, symbols: symbols, barsPerYear: 1)
    let weights = try LinearAlgebra.solve(found.covariance, found.expectedReturns)
    let total = weights.reduce(0, +)
    #expect(distance(weights.map { $0 / total }, try model.market.weights(symbols)) < 1e-12)
  }

  @Test func certainViewsHold() throws {
    var (model, covariance, symbols, _) = try model()
    for row in model.views.indices { model.views[row].confidence = 1 }
    let found = try model.posterior(covariance, symbols: symbols, barsPerYear: 1)
    for view in model.views {
      let value = view.weights.reduce(0) { sum, entry in
        sum + entry.value * found.expectedReturns[symbols.firstIndex(of: entry.key)!]
      }
      #expect(abs(value - view.annualReturn) < 1e-12)
    }
    // Two that contradict each other can't both be certain.
    model.views.append(
      View(weights: model.views[0].weights, annualReturn: -0.5, confidence: 1))
    #expect(throws: AllocationError.self) {
      try model.posterior(covariance, symbols: symbols, barsPerYear: 1)
    }
    // Nor can one that follows from the others but for rounding, whatever it says.
    let weights = model.views[0].weights.merging(model.views[1].weights) { $0 + $1 }
    model.views[model.views.count - 1] = View(
      weights: weights.mapValues { $0 / 3 }, annualReturn: 0.2, confidence: 1)
    #expect(throws: AllocationError.self) {
      try model.posterior(covariance, symbols: symbols, barsPerYear: 1)
    }
  }
}
