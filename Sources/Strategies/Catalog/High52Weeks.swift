extension StrategyTemplate {
  static let high52Weeks = StrategyTemplate(
    "high_52_weeks",
    "Holds the symbols that are closest to the highest price of the last year.",
    reference: "George, Hwang, The 52-Week High and Momentum Investing (2004)",
    parameters: [
      Parameter(
        "lookback", "Bars of the highest price", 252, sweep: [63, 126, 252, 504]),
      Parameter(
        "n", "Number of symbols", 10, sweep: [3, 5, 10, 20, 50]),
    ],
    rebalance: "month"
  ) {
    $0.weights = "if(top(n, close / highest(close, lookback)), 1 / n, 0)"
  }
}
