extension StrategyTemplate {
  static let keltnerBreakout = StrategyTemplate(
    "keltner_breakout",
    "Buys above the upper Keltner channel and sells below its middle.",
    reference: "Keltner, How to Make Money in Commodities (1960)",
    parameters: [
      Parameter(
        "n", "Bars of the channel", 20, sweep: steps(10, 60, 5)),
      Parameter(
        "k", "Width in average true ranges", 2, sweep: [1, 1.5, 2, 2.5, 3]),
    ]
  ) {
    $0.longEntry = "close > keltner_upper(n, k)"
    $0.longExit = "close < ema(close, n)"
  }
}
