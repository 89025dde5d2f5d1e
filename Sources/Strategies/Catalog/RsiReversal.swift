extension StrategyTemplate {
  static let rsiReversal = StrategyTemplate(
    "rsi_reversal",
    "Buys when the relative strength index is low and sells when it is high.",
    reference: "Wilder, New Concepts in Technical Trading Systems (1978)",
    parameters: [
      Parameter(
        "n", "Bars of the index", 14, sweep: steps(2, 30, 2)),
      Parameter(
        "lower", "Level to buy below", 30, sweep: [10, 20, 25, 30, 35, 40]),
      Parameter(
        "upper", "Level to sell above", 70, sweep: [50, 60, 65, 70, 75, 80]),
    ]
  ) {
    $0.longEntry = "rsi(close, n) < lower"
    $0.longExit = "rsi(close, n) > upper"
  }
}
