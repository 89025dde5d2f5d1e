import Kernels
import Market
import Simulation
import Testing

/// Portfolios as bt moves them to their weights.
@Suite struct BtTests {
  static let symbols = [
    "stocks": ["AAPL", "JPM", "KO", "NVDA", "XOM"], "coins": ["ADA", "BTC", "DOGE", "ETH", "LINK"],
  ]

  @Test(arguments: [
    ("monthly_fixed", Rebalance.Schedule.month, 0.0), ("quarterly_equal", .quarter, 0),
    ("quarterly_fixed_with_commission", .quarter, 0.001),
  ])
  func fixedWeights(name: String, every: Rebalance.Schedule, rate: Double) throws {
    let weights =
      name == "quarterly_equal" ? Array(repeating: 0.2, count: 5) : [0.3, 0.25, 0.2, 0.15, 0.1]
    try check(name, every, rate: rate) { _, _ in FixedWeights(weights, symbolCount: 5) }
  }

  @Test func inverseVolatility() throws {
    try check("quarterly_inverse_volatility", .quarter) {
      InverseVolatility(panel: $0, symbols: $1, bars: 60)
    }
  }

  private func check(
    _ name: String, _ every: Rebalance.Schedule, rate: Double = 0,
    _ weights: (PricePanel, [Int]) -> any WeightSource
  ) throws {
    let golden = try PeerGolden.load("bt")
    for (portfolio, expected) in try #require(golden.cases[name]) {
      let symbols = try #require(Self.symbols[portfolio])
      let market = try PeerMarket.of(symbols[0])
      let columns = try symbols.map { try #require(market.panel.symbols.index(of: $0)) }
      var rules = ExecutionRules()
      rules.fill = .sameClose
      rules.commission.rate = rate
      var rebalance = Rebalance()
      rebalance.every = every
      rebalance.moment = .start
      rebalance.startsAtOnce = name != "quarterly_inverse_volatility"
      let window = market.window(from: expected.from)
      let run = PortfolioRun(
        panel: market.panel, symbols: columns, weights: weights(market.panel, columns),
        rebalance: rebalance, rules: rules, cash: 100_000, window: window,
        historyStart: window.lowerBound)
      for byMatrices in [false, true] {
        let engine = PortfolioEngine(
          run: run, kernels: KernelVariant.best.kernels, workers: 1, byMatrices: byMatrices)
        let record = try engine.replay(lane: 0)
        let differences = golden.differences(
          market.fills(of: record, from: expected.from, symbols: symbols),
          market.equity(of: record, from: expected.from), from: expected)
        #expect(
          differences.isEmpty, "\(name), \(portfolio): \(differences.joined(separator: "\n"))")
      }
    }
  }
}

/// Weights in proportion to the inverse of the volatility of the last returns.
private struct InverseVolatility: WeightSource {
  let panel: PricePanel
  let symbols: [Int]
  let bars: Int

  var setCount: Int { 1 }
  var symbolCount: Int { symbols.count }
  func warmup(of set: Int) -> Int { bars }
  func makeEvaluator() -> any WeightEvaluator { Evaluator(source: self) }

  private final class Evaluator: WeightEvaluator {
    let source: InverseVolatility
    init(source: InverseVolatility) { self.source = source }

    func weights(set: Int, bar: Int, into output: UnsafeMutablePointer<Double>) {
      let close = source.panel.fieldIndex("close").map { source.panel.field($0) }
      let inverse = source.symbols.map { symbol in
        let prices = (bar - source.bars...bar).map {
          close?[$0 * source.panel.symbolCount + symbol] ?? .nan
        }
        let returns = zip(prices.dropFirst(), prices).map { $0 / $1 - 1 }
        let n = Double(returns.count)
        let mean = returns.reduce(0, +) / n
        return 1 / (returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
      }
      for (place, value) in inverse.enumerated() {
        output[place] = value / inverse.reduce(0, +)
      }
    }
  }
}
