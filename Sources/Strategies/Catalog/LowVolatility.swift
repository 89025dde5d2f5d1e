extension StrategyTemplate {
  static let lowVolatility = StrategyTemplate(
    "low_volatility",
    "Holds the symbols whose returns varied least.",
    reference: "Blitz, van Vliet, The Volatility Effect (2007)",
    parameters: [
      Parameter(
        "lookback", "Bars of the volatility", 252, sweep: steps(21, 504, 21)),
      Parameter(
        "n", "Number of symbols", 10, sweep: [3, 5, 10, 20, 50]),
    ],
    rebalance: "month"
  ) {
    $0.weights = "if(bottom(n, stdev(pct_change(close, 1), lookback)), 1 / n, 0)"
  }
}
