extension StrategyTemplate {
  static let atrTrailing = StrategyTemplate(
    "atr_trailing",
    "Buys new highs and sells when the price falls some average true ranges below the highest high.",
    reference: "Le Beau, Lucas, Computer Analysis of the Futures Market (1992)",
    parameters: [
      Parameter(
        "n", "Bars of the highest high and the range", 22, sweep: steps(10, 60, 4)),
      Parameter(
        "k", "Distance in average true ranges", 3, sweep: [2, 2.5, 3, 3.5, 4]),
    ]
  ) {
    $0.longEntry = "close > lag(highest(high, n), 1)"
    $0.longExit = "close < highest(high, n) - k * atr(n)"
  }
}
