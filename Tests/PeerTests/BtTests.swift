import Jobs
import Simulation
import Testing

/// Portfolios as bt moves them to their weights, as specs.
@Suite struct BtTests {
  static let symbols = [
    "stocks": ["AAPL", "JPM", "KO", "NVDA", "XOM"], "coins": ["ADA", "BTC", "DOGE", "ETH", "LINK"],
  ]

  /// A weight for each symbol, told apart by their closes.
  static let fixed = """
    if(close == symbol('%1').close, 0.3, if(close == symbol('%2').close, 0.25, if(close == symbol('%3').close, 0.2, if(close == symbol('%4').close, 0.15, 0.1))))
    """

  @Test(arguments: [
    ("monthly_fixed", fixed, "month", 0), ("quarterly_equal", "0.2", "quarter", 0),
    (
      "quarterly_inverse_volatility", "normalize(1 / stdev(pct_change(close, 1), 60))", "quarter", 0
    ),
    ("quarterly_fixed_with_commission", fixed, "quarter", 10),
  ])
  func portfolios(name: String, weights: String, every: String, bps: Int) throws {
    let golden = try PeerGolden.load("bt")
    for (portfolio, expected) in try #require(golden.cases[name]) {
      let symbols = try #require(Self.symbols[portfolio])
      let text = symbols.enumerated().reduce(weights) {
        $0.replacing("%\($1.offset + 1)", with: $1.element)
      }
      let startsAtOnce = name != "quarterly_inverse_volatility"
      let spec = PeerSpec(
        """
        weights: "\(text)",
        rebalance: { every: "\(every)", moment: "start", starts_at_once: \(startsAtOnce) }
        """, "fill: 'same_close', commission: { bps: \(bps) }")
      let plan = try spec.plan(symbols, from: expected.from, warmUp: "window")
      let engine = plan.simulator(variant: .best, workers: 1)
      let found = try golden.differences(engine.replay(lane: 0), symbols, from: expected)
      #expect(found.isEmpty, "\(name), \(portfolio): \(found)")
    }
  }
}
