extension StrategyTemplate {
  static let emaCross = StrategyTemplate(
    "ema_cross",
    "Buys when a fast exponential average crosses above a slow one and sells when it crosses below.",
    reference: "Appel, Technical Analysis: Power Tools for Active Investors (2005)",
    parameters: [
      Parameter(
        "fast", "Bars of the fast average", 12, sweep: steps(4, 60, 4)),
      Parameter(
        "slow", "Bars of the slow average", 26, sweep: steps(14, 206, 12)),
    ],
    where: "fast < slow"
  ) {
    $0.longEntry = "crosses_above(ema(close, fast), ema(close, slow))"
    $0.longExit = "crosses_below(ema(close, fast), ema(close, slow))"
  }
}
