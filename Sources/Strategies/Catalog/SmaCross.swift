extension StrategyTemplate {
  static let smaCross = StrategyTemplate(
    "sma_cross",
    "Buys when a fast simple average crosses above a slow one and sells when it crosses below.",
    reference: "Brock, Lakonishok, LeBaron, Simple Technical Trading Rules (1992)",
    parameters: [
      Parameter(
        "fast", "Bars of the fast average", 50, sweep: steps(5, 100, 5)),
      Parameter(
        "slow", "Bars of the slow average", 200, sweep: steps(20, 300, 10)),
    ],
    where: "fast < slow"
  ) {
    $0.longEntry = "crosses_above(sma(close, fast), sma(close, slow))"
    $0.longExit = "crosses_below(sma(close, fast), sma(close, slow))"
  }
}
