extension StrategyTemplate {
  static let smaCross = StrategyTemplate(
    "sma_cross",
    "Holds while a fast simple average lies above a slow one.",
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
