import Kernels
import TestSupport
import Testing

@testable import Risk

@Suite struct ContributionTests {
  /// Correlated returns with fat tails, weights of both signs.
  private struct Case {
    let returns: ReturnTable
    let weights: [Double]
    let level: ConfidenceLevel

    init(seed: UInt64) throws {
      var random = TestRandom(seed: seed)
      let (bars, symbols) = (random.int(60...400), random.int(2...8))
      let stream = PhiloxStream(seed: seed, stream: 5)
      var values = Matrix(rows: bars, columns: symbols)
      for bar in 0..<bars {
        let market = stream.normals(step: UInt32(bar))
        for symbol in 0..<symbols {
          let own = stream.normals(step: UInt32(bar), draw: UInt32(symbol + 1))
          values[bar, symbol] = 0.01 * (market[0] + 0.8 * own[0] * abs(own[1]))
        }
      }
      returns = ReturnTable(
        symbols: (0..<symbols).map { "S\($0)" }, timeNs: (0..<bars).map { Int64($0) },
        values: values, barsPerYear: 252)
      weights = (0..<symbols).map { _ in Double(random.int(-20...60)) / 100 + 0.001 }
      level = try ConfidenceLevel(random.pick([0.9, 0.95, 0.975, 0.99]))
    }
  }

  private func sum(_ values: [Double]) -> Double { values.reduce(0, +) }

  @Test(arguments: RiskContributions.Method.allCases)
  func componentsAddUp(method: RiskContributions.Method) throws {
    for seed in 0..<60 as Range<UInt64> {
      let sample = try Case(seed: seed)
      let symbols = RiskParts(weights: sample.weights, returns: sample.returns)
      let sectors = symbols.grouped(by: symbols.names.indices.map { $0 % 2 == 0 ? "even" : "odd" })
      for parts in [symbols, sectors] {
        let found = try RiskContributions(parts, level: sample.level, method: method)
        // Parts of both signs cancel: what rounds is their size, not the total's.
        let size = max(abs(found.total.valueAtRisk), sum(found.componentVaR.map(abs)))
        #expect(abs(sum(found.componentVaR) - found.total.valueAtRisk) < 1e-12 * size, "\(seed)")
        #expect(
          abs(sum(found.componentES) - found.total.expectedShortfall) < 1e-12 * size, "\(seed)")
      }
    }
  }

  @Test func covarianceAndReturnsAgree() throws {
    for seed in 0..<30 as Range<UInt64> {
      let sample = try Case(seed: seed)
      let (bars, count) = (sample.returns.barCount, sample.weights.count)
      let means = (0..<count).map { sum(sample.returns.values.column($0)) / Double(bars) }
      var centred = sample.returns.values
      for bar in 0..<bars { for symbol in 0..<count { centred[bar, symbol] -= means[symbol] } }
      let covariance = CovarianceEstimate(
        symbols: sample.returns.symbols,
        matrix: try LinearAlgebra.gram(centred, scale: 1 / Double(bars - 1)), estimator: "sample",
        observationCount: bars)
      let question = try TailQuestion(levels: [sample.level])
      let a = try RiskContributions(
        weights: sample.weights, covariance: covariance, means: means, question: question)
      let b = try RiskContributions(
        RiskParts(weights: sample.weights, returns: sample.returns), level: sample.level,
        method: .gaussian)
      #expect(abs(sum(a.componentVaR) - a.total.valueAtRisk) < 1e-14, "\(seed)")
      for part in 0..<count {
        #expect(abs(a.componentVaR[part] - b.componentVaR[part]) < 1e-12, "\(seed)")
        #expect(abs(a.incrementalES[part] - b.incrementalES[part]) < 1e-12, "\(seed)")
        // Marginal VaR is the derivative by the weight.
        var moved = sample.weights
        moved[part] += 1e-6
        let shifted = try RiskContributions(
          weights: moved, covariance: covariance, means: means, question: question)
        let slope = (shifted.total.valueAtRisk - a.total.valueAtRisk) / 1e-6
        #expect(abs(slope - a.marginalVaR(weights: sample.weights)[part]) < 1e-6, "\(seed)")
        // Without the position: weight 0.
        moved[part] = 0
        let without = try RiskContributions(
          weights: moved, covariance: covariance, means: means, question: question)
        #expect(
          abs(a.total.valueAtRisk - without.total.valueAtRisk - a.incrementalVaR[part]) < 1e-12)
      }
    }
  }

  @Test(arguments: RiskContributions.Method.allCases)
  func permutedAndScaled(method: RiskContributions.Method) throws {
    for seed in 0..<20 as Range<UInt64> {
      let sample = try Case(seed: seed)
      let parts = RiskParts(weights: sample.weights, returns: sample.returns)
      let found = try RiskContributions(parts, level: sample.level, method: method)
      let order = Array(parts.names.indices.reversed())
      var mirrored = parts.values
      for bar in 0..<mirrored.rows {
        for place in order.indices { mirrored[bar, place] = 2 * parts.values[bar, order[place]] }
      }
      let other = try RiskContributions(
        RiskParts(names: order.map { parts.names[$0] }, values: mirrored), level: sample.level,
        method: method)
      for place in order.indices {
        #expect(abs(other.componentVaR[place] - 2 * found.componentVaR[order[place]]) < 1e-12)
        #expect(abs(other.componentES[place] - 2 * found.componentES[order[place]]) < 1e-12)
        #expect(abs(other.incrementalVaR[place] - 2 * found.incrementalVaR[order[place]]) < 1e-12)
      }
    }
  }

  @Test func byFactor() throws {
    let sample = try Case(seed: 4)
    let (bars, count) = (sample.returns.barCount, sample.weights.count)
    var factors = Matrix(rows: bars, columns: 2)
    for bar in 0..<bars {
      factors[bar, 0] = sum(sample.returns.values.row(bar)) / Double(count)
      factors[bar, 1] = sample.returns.values[bar, 0] - sample.returns.values[bar, 1]
    }
    var loadings = Matrix(rows: count, columns: 2, repeating: 1)
    loadings[0, 1] = 0.5
    let parts = try RiskParts(
      weights: sample.weights, returns: sample.returns, loadings: loadings,
      factors: ["market", "pair"], factorReturns: factors)
    #expect(parts.names == ["market", "pair", "specific"])
    for method in RiskContributions.Method.allCases {
      let found = try RiskContributions(parts, level: sample.level, method: method)
      let whole = try RiskContributions(
        RiskParts(weights: sample.weights, returns: sample.returns), level: sample.level,
        method: method)
      #expect(abs(found.total.valueAtRisk - whole.total.valueAtRisk) < 1e-14)
      #expect(abs(sum(found.componentVaR) - whole.total.valueAtRisk) < 1e-13)
    }
  }

  /// Scenarios drawn from a covariance give the closed form's components, within what chance leaves.
  @Test func simulated() throws {
    let matrix = Matrix(rows: 3, columns: 3, [4, 1, 0, 1, 2, -0.5, 0, -0.5, 1].map { 1e-4 * $0 })
    let covariance = CovarianceEstimate(
      symbols: ["A", "B", "C"], matrix: matrix, estimator: "given", observationCount: 0)
    let weights = [0.5, 0.3, 0.2]
    let question = try VaRSamples.question(0.95)
    let closed = try RiskContributions(
      weights: weights, covariance: covariance, question: question)
    for freedom in [nil, 5.0] {
      let drawn = try SimulatedReturns.draw(
        covariance, freedom: freedom, paths: 50_000, seed: 6)
      let table = ReturnTable(
        symbols: covariance.symbols, timeNs: (0..<50_000).map { Int64($0) }, values: drawn,
        barsPerYear: 252)
      let found = try RiskContributions(
        RiskParts(weights: weights, returns: table), level: question.levels[0], method: .historical)
      for part in 0..<3 where freedom == nil {
        #expect(abs(found.componentES[part] - closed.componentES[part]) < 8e-4, "\(part)")
        #expect(abs(found.componentVaR[part] - closed.componentVaR[part]) < 2e-3, "\(part)")
      }
      if freedom != nil { #expect(found.total.expectedShortfall > closed.total.expectedShortfall) }
    }
  }

  @Test func whatHasNoContribution() throws {
    let level = try ConfidenceLevel(0.95)
    let flat = RiskParts(names: ["A"], values: Matrix(rows: 1, columns: 1))
    #expect(throws: RiskError.self) {
      try RiskContributions(flat, level: level, method: .gaussian)
    }
    let wild = RiskParts(names: ["A"], values: Matrix(rows: 9, columns: 1, repeating: .infinity))
    #expect(throws: RiskError.self) {
      try RiskContributions(wild, level: level, method: .historical)
    }
    let cash = RiskParts(names: ["A", "B"], values: Matrix(rows: 90, columns: 2))
    for method in RiskContributions.Method.allCases {
      let found = try RiskContributions(cash, level: level, method: method)
      #expect(found.componentVaR == [0, 0] && found.componentES == [0, 0])
    }
  }
}
