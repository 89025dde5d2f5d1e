import Kernels
import TestSupport
import Testing

@testable import Risk

@Suite struct StressTests {
  // MARK: Windows

  private let table = ReturnTable(
    symbols: ["A", "B", "C"], timeNs: [0, 1, 2, 3],
    values: Matrix(
      rows: 4, columns: 3, [0.1, -0.2, .nan, -0.5, 0.1, .nan, 0.2, .nan, .nan, 0.5, 0.5, 0.5]),
    barsPerYear: 252)

  @Test func windowsByHand() {
    let held = StressWindow(0..<3, of: table, weights: [0.5, 0.3, 0.2], holding: .held)
    // A: 1.1 · 0.5 · 1.2 = 0.66; B: 0.8 · 1.1 = 0.88.
    #expect(near(held.contributions[0], 0.5 * -0.34) && near(held.contributions[1], 0.3 * -0.12))
    #expect(near(held.total, -0.17 - 0.036) && held.contributions[2] == 0)
    // 0.99, 0.7390, 0.794.
    #expect(near(held.worstDrawdown, 0.739 - 1) && held.worstBar == 1)
    #expect(held.missing == [2] && held.partial == [1])

    let restored = StressWindow(0..<3, of: table, weights: [0.5, 0.3, 0.2])
    #expect(near(restored.total, 0.99 * 0.78 * 1.1 - 1))
    #expect(near(restored.contributions.reduce(0, +), restored.total))
    #expect(near(restored.worstDrawdown, 0.99 * 0.78 - 1))
  }

  @Test func nothingAndEverything() {
    let none = StressWindow(2..<2, of: table, weights: [1, 0, 0])
    #expect(none.total == 0 && none.worstDrawdown == 0 && none.worstBar == -1)
    let ruined = StressWindow(1..<2, of: table, weights: [2.5, 0, 0])
    #expect(ruined.total == -1.25 && ruined.contributions.allSatisfy { $0.isNaN })
    let held = StressWindow(1..<2, of: table, weights: [2.5, 0, 0], holding: .held)
    #expect(held.contributions == [-1.25, 0, 0])
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func contributionsOfWindowsAddUp(_ seed: UInt64) {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let returns = SampleRisk.returns(bars: 100, symbols: 8, &random)
    let weights = SampleRisk.weights(8, &random)
    let start = random.int(0...60)
    let window = start..<start + random.int(1...40)
    for holding in StressWindow.Holding.allCases {
      let found = StressWindow(window, of: returns, weights: weights, holding: holding)
      #expect(near(found.contributions.reduce(0, +), found.total))
      #expect(found.worstDrawdown <= min(0, found.total) + 1e-15)
      let order = Array((0..<8).shuffled(using: &random))
      let turned = ReturnTable(
        symbols: order.map { returns.symbols[$0] }, timeNs: returns.timeNs,
        values: Matrix(
          rows: 100, columns: 8,
          (0..<100).flatMap { bar in order.map { returns.values[bar, $0] } }), barsPerYear: 252)
      let other = StressWindow(
        window, of: turned, weights: order.map { weights[$0] }, holding: holding)
      #expect(near(other.total, found.total))
      for (place, symbol) in order.enumerated() {
        #expect(near(other.contributions[place], found.contributions[symbol]))
      }
    }
  }

  // MARK: Worst windows

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64]) func worstWindowsAsByTryingAll(
    _ seed: UInt64
  ) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let bars = random.int(1...80)
    var returns = SampleRisk.noise(bars, size: 0.1, &random)
    if random.one(in: 2) { returns[random.int(0...bars - 1)] = .nan }
    if random.one(in: 2) { returns[random.int(0...bars - 1)] = -1 }
    let length = random.int(1...bars)
    let found = try WorstWindows(of: length, count: 4, in: returns).windows
    var naive: [(start: Int, total: Double)] = []
    var all = (0...bars - length).map { start in
      (start: start, total: returns[start..<start + length].reduce(1) { $0 * (1 + $1) } - 1)
    }.filter { !$0.total.isNaN }
    while naive.count < 4, let worst = all.min(by: { $0.total < $1.total - 1e-12 }) {
      naive.append(worst)
      all.removeAll { abs($0.start - worst.start) < length }
    }
    #expect(found.map(\.bars.lowerBound) == naive.map(\.start))
    for (a, b) in zip(found, naive) { #expect(near(a.total, b.total)) }
  }

  /// Two losses of more than everything are no gain: a portfolio stays where the first one left it.
  @Test func nothingComesAfterATotalLoss() throws {
    let returns = [0.1, -1.5, -3.0, 0.2]
    let found = try WorstWindows(of: 3, count: 1, in: returns).windows
    #expect(found.map(\.bars) == [0..<3] && near(found[0].total, -1.55))
    let table = ReturnTable(
      symbols: ["A"], timeNs: [0, 1, 2, 3], values: Matrix(rows: 4, columns: 1, returns),
      barsPerYear: 252)
    let window = StressWindow(0..<4, of: table, weights: [1])
    #expect(near(window.total, -1.55) && near(window.worstDrawdown, -1.5))
    #expect(window.contributions.allSatisfy { $0.isNaN })
  }

  @Test func settingsOfTheSearch() {
    #expect(throws: RiskError.self) { try WorstWindows(of: 0, count: 1, in: [0.1]) }
    #expect(throws: RiskError.self) { try WorstWindows(of: 1, count: 0, in: [0.1]) }
    #expect(
      throws: RiskError.tooFewReturns(
        method: "a search for windows of 3 bars", found: 2, needed: 3)
    ) { try WorstWindows(of: 3, count: 1, in: [0.1, 0.2]) }
  }

  // MARK: Shocks

  private let covariance = Matrix(rows: 3, columns: 3, [4, 2, 0, 2, 9, 0, 0, 0, 1])

  @Test func shocksByHand() throws {
    let one = Shock(symbols: [0: -0.2])
    #expect(try one.moves(symbolCount: 3, covariance: nil, model: nil) == [-0.2, 0, 0])
    // The second has a beta of 2 / 4 to the first.
    let along = Shock(symbols: [0: -0.2], propagates: true)
    let moves = try along.moves(symbolCount: 3, covariance: covariance, model: nil)
    #expect(moves[0] == -0.2 && near(moves[1], -0.1) && near(moves[2], 0))
    // Named symbols come before groups.
    let both = Shock(symbols: [1: 0.1], groups: [.init(symbols: [0, 1], move: -0.3)])
    #expect(try both.moves(symbolCount: 3, covariance: nil, model: nil) == [-0.3, 0.1, 0])
  }

  @Test func aGroupIsOneCondition() throws {
    // Given the mean of the first two at −0.3: cov(c, mean) / var(mean).
    var matrix = covariance
    matrix[2, 0] = 1
    matrix[0, 2] = 1
    let shock = Shock(groups: [.init(symbols: [0, 1], move: -0.3)], propagates: true)
    let moves = try shock.moves(symbolCount: 3, covariance: matrix, model: nil)
    #expect(moves[0] == -0.3 && moves[1] == -0.3)
    #expect(near(moves[2], 0.5 / ((4 + 9 + 2 * 2) / 4.0) * -0.3))
  }

  @Test func factorsMoveSymbols() throws {
    let model = FactorModel(
      symbols: ["A", "B", "C"], factors: ["M", "S"],
      exposures: Matrix(rows: 3, columns: 2, [1, 0, 1.5, 0.5, 0, 2]),
      factorCovariance: Matrix(rows: 2, columns: 2, [4, 2, 2, 4]),
      specificVariances: [1, 1, 1])
    let alone = Shock(factors: [0: -0.1])
    let moves = try alone.moves(symbolCount: 3, covariance: nil, model: model)
    #expect(near(moves[0], -0.1) && near(moves[1], -0.15) && near(moves[2], 0))
    // The other factor goes along with a beta of 2 / 4.
    let along = Shock(factors: [0: -0.1], propagates: true)
    let all = try along.moves(
      symbolCount: 3, covariance: try model.covariance(), model: model)
    #expect(near(all[0], -0.1) && near(all[1], -0.15 - 0.025) && near(all[2], -0.1))
    // Both factors named: nothing is left to go along.
    let both = Shock(factors: [0: -0.1, 1: 0.02], propagates: true)
    let told = try both.moves(
      symbolCount: 3, covariance: try model.covariance(), model: model)
    #expect(near(told[1], -0.15 + 0.01) && near(told[2], 0.04))
  }

  @Test func conditionsThatRepeatEachOther() throws {
    // Two symbols that are one, shocked alike; and a singular covariance.
    let twins = Matrix(rows: 3, columns: 3, [4, 4, 2, 4, 4, 2, 2, 2, 9])
    let shock = Shock(symbols: [0: -0.2, 1: -0.2], propagates: true)
    let moves = try shock.moves(symbolCount: 3, covariance: twins, model: nil)
    #expect(near(moves[2], -0.1))
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func propagationIsLinearAndOrderFree(_ seed: UInt64)
    throws
  {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let returns = SampleRisk.returns(bars: 60, symbols: 6, &random)
    let covariance = returns.sampleCovariance.matrix
    let shock = Shock(
      symbols: [1: -0.2, 4: 0.1], groups: [.init(symbols: [0, 2], move: -0.05)], propagates: true)
    let double = Shock(
      symbols: [1: -0.4, 4: 0.2], groups: [.init(symbols: [0, 2], move: -0.1)], propagates: true)
    let moves = try shock.moves(symbolCount: 6, covariance: covariance, model: nil)
    let twice = try double.moves(symbolCount: 6, covariance: covariance, model: nil)
    for (a, b) in zip(moves, twice) { #expect(near(2 * a, b)) }
    let order = Array((0..<6).shuffled(using: &random))
    func place(_ symbol: Int) -> Int { order.firstIndex(of: symbol) ?? -1 }
    let turned = Shock(
      symbols: [place(1): -0.2, place(4): 0.1],
      groups: [.init(symbols: [place(0), place(2)], move: -0.05)], propagates: true)
    let other = try turned.moves(
      symbolCount: 6, covariance: covariance.symmetric(order), model: nil)
    for (place, symbol) in order.enumerated() { #expect(near(other[place], moves[symbol])) }
  }

  // MARK: Covariance

  @Test func volatilityAndCorrelationScaled() throws {
    let matrix = Matrix(rows: 2, columns: 2, [0.04, 0.03, 0.03, 0.09])
    func scaled(_ volatility: Double, _ correlation: Double) throws -> [Double] {
      try CovarianceStress(volatility: volatility, correlation: correlation)
        .applied(to: matrix).values
    }
    #expect(try scaled(1, 0) == matrix.values)
    #expect(try scaled(2, 0).elementsEqual([0.16, 0.12, 0.12, 0.36]) { near($0, $1) })
    // Correlation 0.5 half way to 1; all the way; and to nothing.
    #expect(try scaled(1, 0.5).elementsEqual([0.04, 0.045, 0.045, 0.09]) { near($0, $1) })
    #expect(try scaled(1, 1).elementsEqual([0.04, 0.06, 0.06, 0.09]) { near($0, $1) })
    #expect(try scaled(1, -1).elementsEqual([0.04, 0, 0, 0.09]) { near($0, $1) })
    #expect(throws: RiskError.self) { try CovarianceStress(volatility: 0) }
    #expect(throws: RiskError.self) { try CovarianceStress(correlation: 1.5) }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func stressedCovariancesStaySemidefinite(
    _ seed: UInt64
  ) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    // Fewer bars than symbols: singular to begin with.
    let returns = SampleRisk.returns(bars: 6, symbols: 9, &random)
    let matrix = returns.sampleCovariance.matrix
    for correlation in [-1, -0.4, 0, 0.3, 1] {
      let stressed = try CovarianceStress(volatility: 3, correlation: correlation)
        .applied(to: matrix)
      let values = try SymmetricEigen(stressed).values
      #expect(values[0] > -1e-14 * (values.last ?? 0))
    }
  }
}
