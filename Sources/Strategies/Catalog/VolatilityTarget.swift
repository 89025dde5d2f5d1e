extension StrategyTemplate {
  static let volatilityTarget = StrategyTemplate(
    "volatility_target",
    "Holds all symbols, each with the exposure that gives it a constant volatility.",
    reference: "Moreira, Muir, Volatility-Managed Portfolios (2017)",
    parameters: [
      Parameter(
        "lookback", "Bars of the volatility", 21, sweep: [10, 21, 42, 63, 126]),
      Parameter(
        "target", "Annual volatility of each position, held alone", 0.15,
        sweep: [0.05, 0.1, 0.15, 0.2, 0.3]),
      Parameter(
        "cap", "Most exposure of a position, held alone", 1, sweep: [1, 1.5, 2]),
    ],
    rebalance: "week"
  ) {
    $0.parts = ["volatility": "stdev(pct_change(close, 1), lookback) * sqrt(bars_per_year)"]
    $0.weights = "min(cap, target / volatility) / count_across(close)"
  }
}
