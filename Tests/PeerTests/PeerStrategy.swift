import Simulation
import Testing

/// Units of an order in the golden files: of stocks, of coins.
func peerUnits(_ symbol: String) -> Double { PeerMarket.coinNames.contains(symbol) ? 1 : 200 }

/// Holds a Swift strategy against a golden case, on every symbol of it.
func check<S: Strategy>(
  _ peer: String, _ name: String, _ rules: ExecutionRules, _ strategy: (_ symbol: String) -> S
) throws {
  let golden = try PeerGolden.load(peer)
  let runs = try #require(golden.cases[name])
  #expect(runs.count >= 5)
  for (symbol, run) in runs {
    let market = try PeerMarket.of(symbol)
    let column = try #require(market.panel.symbols.index(of: symbol))
    let engine = StrategyEngine(
      run: AccountRun(
        panel: market.panel, symbols: [column], rules: rules, cash: 100_000,
        window: market.window(from: run.from)),
      strategy: strategy(symbol))
    let found = try golden.differences(engine.record(), [symbol], from: run)
    #expect(found.isEmpty, "\(name), \(symbol): \(found)")
  }
}

/// Rules of the golden files: limits fill at a touch, and a commission in proportion.
func peerRules(rate: Double = 0, _ change: (inout ExecutionRules) -> Void = { _ in })
  -> ExecutionRules
{
  var rules = ExecutionRules()
  rules.limitTouch = true
  rules.commission.rate = rate
  change(&rules)
  return rules
}
