extension StrategyTemplate {
  static let bollingerBreakout = StrategyTemplate(
    "bollinger_breakout",
    "Buys above the upper Bollinger band and sells at the middle one.",
    reference: "Bollinger, Bollinger on Bollinger Bands (2001)",
    parameters: [
      Parameter(
        "n", "Bars of the bands", 20, sweep: steps(5, 60, 5)),
      Parameter(
        "k", "Width in standard deviations", 2, sweep: [1, 1.5, 2, 2.5, 3]),
    ]
  ) {
    $0.longEntry = "crosses_above(close, bollinger_upper(close, n, k))"
    $0.longExit = "close < sma(close, n)"
  }
}
