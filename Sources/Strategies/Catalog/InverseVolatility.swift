extension StrategyTemplate {
  static let inverseVolatility = StrategyTemplate(
    "inverse_volatility",
    "Holds all symbols with weights in inverse proportion to their volatility.",
    reference: "Kirby, Ostdiek, It's All in the Timing (2012)",
    parameters: [
      Parameter(
        "lookback", "Bars of the volatility", 63, sweep: steps(21, 252, 21))
    ],
    rebalance: "month"
  ) {
    $0.weights = "normalize(1 / stdev(pct_change(close, 1), lookback))"
  }
}
