extension StrategyTemplate {
  static let shortTermReversal = StrategyTemplate(
    "short_term_reversal",
    "Holds the symbols that fell most over the last week.",
    reference: "Jegadeesh, Evidence of Predictable Behavior of Security Returns (1990)",
    parameters: [
      Parameter(
        "lookback", "Bars of the fall", 5, sweep: [1, 2, 3, 5, 10, 21]),
      Parameter(
        "n", "Number of symbols", 10, sweep: [3, 5, 10, 20, 50]),
    ],
    rebalance: "week"
  ) {
    $0.weights = "if(bottom(n, pct_change(close, lookback)), 1 / n, 0)"
  }
}
