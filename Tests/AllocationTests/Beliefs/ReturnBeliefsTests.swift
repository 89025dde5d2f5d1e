import Kernels
import Risk
import Testing

@testable import Allocation

struct ReturnBeliefsTests {
  private let estimate: CovarianceEstimate
  private let returns: ReturnTable

  init() throws {
    returns = try ClusterGolden.returns()
    estimate = try SampleCovariance().estimate(returns)
  }

  @Test func shrunkMeansAreThoseOfSkfolio() throws {
    let golden = try ClusterGolden.read.get()
    let bayes = try ShrunkReturns().beliefs(returns, estimate).expectedReturns
    #expect(distance(bayes, golden.bayesStein) < 1e-14)
    let james = try ShrunkReturns(.jamesStein).beliefs(returns, estimate).expectedReturns
    #expect(distance(james, golden.jamesStein) < 1e-14)
  }

  @Test func meansSkipWhatIsMissing() throws {
    let table = ReturnTable(
      symbols: ["A", "B"], timeNs: [0, 1, 2],
      values: Matrix(rows: 3, columns: 2, [0.1, .nan, 0.2, 0.4, 0.3, 0.2]), barsPerYear: 252)
    let flat = CovarianceEstimate(
      symbols: table.symbols, matrix: .identity(2), estimator: "", observationCount: 2)
    #expect(try distance(MeanReturns().beliefs(table, flat).expectedReturns, [0.2, 0.3]) < 1e-15)
    // Half-life of one bar: weights 1/4, 1/2, 1.
    let faded = try EWMAReturns(halfLife: 1).beliefs(table, flat).expectedReturns
    #expect(distance(faded, [(0.025 + 0.1 + 0.3) / 1.75, (0.2 + 0.2) / 1.5]) < 1e-12)
    let empty = ReturnTable(
      symbols: ["A"], timeNs: [0], values: Matrix(rows: 1, columns: 1, [.nan]), barsPerYear: 252)
    #expect(throws: AllocationError.risk(.noVariation(symbol: "A"))) {
      try MeanReturns().beliefs(empty, flat)
    }
  }

  @Test func theMarketEarnsItsPremium() throws {
    var capm = CAPMReturns()
    capm.premium = 0.05
    capm.riskFree = 0.02
    let found = try capm.beliefs(returns, estimate).expectedReturns
    let mean = found.reduce(0, +) / Double(found.count)
    #expect(abs(mean * 252 - 0.07) < 1e-14)
    capm.premium = nil
    let past = try capm.beliefs(returns, estimate).expectedReturns
    let means = try MeanReturns().beliefs(returns, estimate).expectedReturns
    #expect(abs(past.reduce(0, +) - means.reduce(0, +)) < 1e-12)
  }

  @Test func givenReturnsMustBeAll() throws {
    let given = GivenReturns(annual: ["AAPL": 0.1])
    #expect(throws: AllocationError.self) { try given.beliefs(returns, estimate) }
    let all = Dictionary(uniqueKeysWithValues: returns.symbols.map { ($0, 0.252) })
    let found = try GivenReturns(annual: all).beliefs(returns, estimate).expectedReturns
    #expect(found.allSatisfy { abs($0 - 0.001) < 1e-18 })
  }

  @Test func theCatalogueNamesTheNearest() {
    #expect(
      throws: AllocationError.setting(
        name: "expected", found: "meen",
        expected: "one of mean, ewma, shrunk, capm, given. Did you mean 'mean'?")
    ) { try BeliefsCatalog.beliefs(named: "meen") }
    #expect(throws: AllocationError.self) {
      try BeliefsCatalog.beliefs(
        named: "ewma", settings: AllocatorSettings(["halflife": .number(3)]))
    }
  }
}
