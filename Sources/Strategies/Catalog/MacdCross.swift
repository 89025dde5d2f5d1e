extension StrategyTemplate {
  static let macdCross = StrategyTemplate(
    "macd_cross",
    "Buys when the MACD line crosses above its signal line and sells when it crosses below.",
    reference: "Appel, The Moving Average Convergence-Divergence Trading Method (1985)",
    parameters: [
      Parameter(
        "fast", "Bars of the fast average", 12, sweep: steps(4, 24, 4)),
      Parameter(
        "slow", "Bars of the slow average", 26, sweep: steps(20, 62, 6)),
      Parameter(
        "signal", "Bars of the signal line", 9, sweep: [5, 9, 14]),
    ],
    where: "fast < slow"
  ) {
    $0.longEntry = "crosses_above(macd(close, fast, slow), macd_signal(close, fast, slow, signal))"
    $0.longExit = "crosses_below(macd(close, fast, slow), macd_signal(close, fast, slow, signal))"
  }
}
