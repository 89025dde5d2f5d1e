extension StrategyTemplate {
  static let buyAndHold = StrategyTemplate(
    "buy_and_hold",
    "Buys at the first bar and never sells: what every other strategy has to beat.",
    reference: "Sharpe, The Arithmetic of Active Management (1991)"
  ) {
    $0.longEntry = "close > 0"
  }
}
