extension StrategyTemplate {
  static let rsiPullback = StrategyTemplate(
    "rsi_pullback",
    "Buys short falls within a long rise: a two-bar index that is low while the price lies above its long average.",
    reference: "Connors, Alvarez, Short Term Trading Strategies That Work (2008)",
    parameters: [
      Parameter(
        "n", "Bars of the index", 2, sweep: [2, 3, 4]),
      Parameter(
        "lower", "Level to buy below", 10, sweep: [5, 10, 15, 20]),
      Parameter(
        "trend", "Bars of the long average", 200, sweep: [100, 150, 200, 250]),
      Parameter(
        "out", "Bars of the average to sell above", 5, sweep: [3, 5, 8]),
    ]
  ) {
    $0.longEntry = "close > sma(close, trend) and rsi(close, n) < lower"
    $0.longExit = "close > sma(close, out)"
  }
}
