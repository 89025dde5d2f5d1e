extension StrategyTemplate {
  static let momentumLongShort = StrategyTemplate(
    "momentum_long_short",
    "Holds the symbols that rose most and sells those that fell most.",
    reference: "Jegadeesh, Titman, Returns to Buying Winners and Selling Losers (1993)",
    parameters: [
      Parameter(
        "lookback", "Bars of the rise", 252, sweep: steps(42, 504, 42)),
      Parameter(
        "skip", "Latest bars left out", 21, sweep: [0, 5, 21]),
      Parameter(
        "n", "Number of symbols on each side", 10, sweep: [3, 5, 10, 20, 50]),
    ],
    rebalance: "month"
  ) {
    $0.parts = ["rise": "lag(close, skip) / lag(close, lookback)"]
    $0.weights = "(if(top(n, rise), 1, 0) - if(bottom(n, rise), 1, 0)) / (2 * n)"
  }
}
