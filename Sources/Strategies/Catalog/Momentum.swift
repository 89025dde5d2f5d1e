extension StrategyTemplate {
  static let momentum = StrategyTemplate(
    "momentum",
    "Holds the symbols that rose most over the last year, its last month left out.",
    reference: "Jegadeesh, Titman, Returns to Buying Winners and Selling Losers (1993)",
    parameters: [
      Parameter(
        "lookback", "Bars of the rise", 252, sweep: steps(42, 504, 42)),
      Parameter(
        "skip", "Latest bars left out", 21, sweep: [0, 5, 21]),
      Parameter(
        "n", "Number of symbols", 10, sweep: [3, 5, 10, 20, 50]),
    ],
    rebalance: "month"
  ) {
    $0.weights = "if(top(n, lag(close, skip) / lag(close, lookback)), 1 / n, 0)"
  }
}
