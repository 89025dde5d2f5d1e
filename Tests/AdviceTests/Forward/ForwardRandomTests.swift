import Advice
import Kernels
import Risk
import Simulation
import TestSupport
import Testing

/// Portfolios along random paths, against what is known of their distributions.
@Suite struct ForwardRandomTests {
  /// Three factors of the sample's symbols with known moments a bar.
  private static let mean = [0.0004, 0.0002, 0.0007]
  private static let covariance = Matrix(
    rows: 3, columns: 3, [1e-4, 3e-5, 2e-5, 3e-5, 4e-4, -5e-5, 2e-5, -5e-5, 2.25e-4])

  private static func paths(_ factors: ForwardFactors, freedom: Double?, paths: Int, bars: Int)
    throws -> ForwardPaths
  {
    let model = try GaussianPaths(
      CovarianceEstimate(
        symbols: ["S0", "S1", "S3"], matrix: covariance, estimator: "given", observationCount: 500),
      mean: mean, kind: .simple, freedom: freedom)
    let source = MonteCarlo(
      .gaussian(model), MonteCarloSettings(paths: paths, bars: bars, seed: 11),
      kernels: KernelVariant.best.pathKernels)
    return ForwardPaths(source, members: [0, 1, 3], factors: factors.count)
  }

  @Test(
    "means and deviations of independent returns, within 4 standard errors", arguments: [nil, 6.0])
  func moments(_ freedom: Double?) throws {
    let factors = ForwardSample.factors(try ForwardSample.market(seed: 3))
    let weights = [0.5, 0.2, 0.3]
    var account = ForwardAccount(
      portfolio: 0, currency: 0,
      parts: zip([0, 1, 3], weights).map { .init(factor: $0, amount: 1000 * $1) })
    account.weights = account.weightsOfToday
    var plan = ForwardPlan()
    plan.every = 1
    let (bars, count) = (10, 10_000)
    let paths = try Self.paths(factors, freedom: freedom, paths: count, bars: bars)
    let held = try #require(
      try ForwardRun([account], factors, paths, ForwardPlan()).run(workers: 2))
    let moved = try #require(try ForwardRun([account], factors, paths, plan).run(workers: 2))
    // Held, a portfolio's mean is that of its parts; moved at each bar, the mean and the variance multiply.
    let portfolio = zip(weights, Self.mean).reduce(0) { $0 + $1.0 * $1.1 }
    let expectedHeld = zip(weights, Self.mean).reduce(0.0) { sum, part in
      sum + part.0 * (0..<bars).reduce(1.0) { product, _ in product * (1 + part.1) }
    }
    let expectedMoved = (0..<bars).reduce(1.0) { product, _ in product * (1 + portfolio) }
    let figures = (held.figures(of: 0), moved.figures(of: 0))
    let means = try (#require(figures.0["mean_return"]), #require(figures.1["mean_return"]))
    #expect(abs(means.0.value - (expectedHeld - 1)) < 4 * means.0.standardError)
    #expect(abs(means.1.value - (expectedMoved - 1)) < 4 * means.1.standardError)
    var variance = 0.0
    for row in 0..<3 {
      for column in 0..<3 {
        variance += weights[row] * weights[column] * Self.covariance[row, column]
      }
    }
    let second = (0..<bars).reduce(1.0) { product, _ in
      product * (variance + (1 + portfolio) * (1 + portfolio))
    }
    let deviation = (second - expectedMoved * expectedMoved).squareRoot()
    // The standard error of the mean tells the deviation; that of t's fourth moment is larger.
    let found = means.1.standardError * Double(count).squareRoot()
    #expect(abs(found / deviation - 1) < (freedom == nil ? 0.03 : 0.06))
    #expect(abs(figures.0.halvesApart) < 4)
  }

  @Test("the bootstrap of independent returns has their mean, and quantiles of one bar are theirs")
  func bootstrap() throws {
    let factors = ForwardSample.factors(try ForwardSample.market(seed: 3))
    var random = TestRandom(seed: 91)
    let returns = (0..<400).map { _ in Double(random.int(-300...310)) / 10_000 }
    let table = ReturnTable(
      symbols: ["S0"], timeNs: returns.indices.map(Int64.init),
      values: Matrix(rows: 400, columns: 1, returns), barsPerYear: 252)
    let account = ForwardAccount(
      portfolio: 0, currency: 0, parts: [.init(factor: 0, amount: 500)])
    func run(_ bars: Int) throws -> ForwardFigures {
      let source = MonteCarlo(
        .bootstrap(try BootstrapPaths(table)),
        MonteCarloSettings(paths: 4000, bars: bars, seed: 5),
        kernels: KernelVariant.best.pathKernels)
      let paths = ForwardPaths(source, members: [0], factors: factors.count)
      return try #require(
        try ForwardRun([account], factors, paths, ForwardPlan()).run(workers: 2)
      ).figures(of: 0)
    }
    let mean = returns.reduce(0, +) / 400
    let long = try #require(try run(30)["mean_return"])
    let expected = (0..<30).reduce(1.0) { product, _ in product * (1 + mean) } - 1
    #expect(abs(long.value - expected) < 4 * long.standardError)
    let short = try run(1)
    let sorted = returns.sorted()
    for (name, share) in [("return_05", 0.05), ("return_50", 0.5), ("return_95", 0.95)] {
      let figure = try #require(short[name])
      let rank = Int((share * 400).rounded(.up)) - 1
      #expect(abs(figure.value - sorted[rank]) < 4 * figure.standardError + 1e-4, "\(name)")
    }
    let loss = try #require(short["probability_of_loss"])
    let share = Double(returns.count { $0 < 0 }) / 400
    #expect(abs(loss.value - share) < 4 * loss.standardError)
  }

  @Test("figures of a small sample, worked by hand")
  func figures() throws {
    let values = [90.0, 120, 80, 110, 100, 130, 95, 105, 115, 85]
    let depths = [-0.1, 0, -0.2, -0.05, -0.01, 0, -0.15, 0, 0, -0.3]
    let found = ForwardFigures(
      values: values, drawdowns: depths, paid: 100, maxDrawdown: 0.15, fell: 3, isRandom: true)
    func value(_ name: String) throws -> Double { try #require(found[name]).value }
    #expect(abs(try value("mean_return") - 0.03) < 1e-12)
    #expect(abs(try value("return_50") - 0.0) < 1e-12)
    #expect(abs(try value("return_05") + 0.2) < 1e-12)
    #expect(abs(try value("return_99") - 0.3) < 1e-12)
    #expect(try value("probability_of_loss") == 0.4)
    #expect(abs(try value("expected_shortfall_95") - 0.2) < 1e-12)
    #expect(try value("max_drawdown_95") == -0.3)
    #expect(try value("max_drawdown_50") == -0.05)
    // More than 15 %: twice.
    #expect(try value("probability_of_breach") == 0.2)
    #expect(try value("probability_of_floor") == 0.3)
    #expect(try #require(found["probability_of_loss"]).standardError == (0.024).squareRoot())
    let known = ForwardFigures(
      values: [90], drawdowns: [-0.1], paid: 100, maxDrawdown: .nan, fell: nil, isRandom: false)
    #expect(known.figures.allSatisfy { $0.standardError.isNaN })
    #expect(known["probability_of_breach"]?.value.isNaN == true)
  }

  @Test("nothing after today is known to what paths are drawn from")
  func poison() throws {
    func returns(_ spoiledAfter: Int?) throws -> (table: ReturnTable, members: [Int], left: [Int]) {
      let market = try ForwardSample.market(seed: 3, spoiledAfter: spoiledAfter)
      return ForwardSample.factors(market, bar: 25).returns(lookback: 20, least: 0.5)
    }
    let (clean, spoiled) = try (returns(nil), returns(25))
    #expect(clean.members == spoiled.members && clean.table.barCount == 20)
    #expect(
      clean.table.values.values.map(\.bitPattern) == spoiled.table.values.values.map(\.bitPattern))
    let before = try returns(24)
    #expect(
      clean.table.values.values.map(\.bitPattern) != before.table.values.values.map(\.bitPattern))
  }
}
