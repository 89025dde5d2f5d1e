extension StrategyTemplate {
  static let riskParity = StrategyTemplate(
    "risk_parity",
    "Holds all symbols with the same risk each, as if equally correlated, scaled to a volatility that holds even if all moved together.",
    reference: "Asness, Frazzini, Pedersen, Leverage Aversion and Risk Parity (2012)",
    parameters: [
      Parameter(
        "lookback", "Bars of the volatility", 126, sweep: steps(21, 252, 21)),
      Parameter(
        "target", "Annual volatility", 0.1, sweep: [0.05, 0.1, 0.15, 0.2]),
      Parameter(
        "cap", "Most exposure over equity", 1, sweep: [1, 1.5, 2]),
    ],
    rebalance: "month"
  ) {
    $0.parts = [
      "volatility": "stdev(pct_change(close, 1), lookback) * sqrt(bars_per_year)",
      "share": "normalize(1 / volatility)",
    ]
    $0.weights = "share * min(cap, target / sum_across(share * volatility))"
  }
}
