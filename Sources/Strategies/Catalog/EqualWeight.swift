extension StrategyTemplate {
  static let equalWeight = StrategyTemplate(
    "equal_weight",
    "Holds all symbols with the same weight.",
    reference: "DeMiguel, Garlappi, Uppal, Optimal Versus Naive Diversification (2009)",
    rebalance: "month"
  ) {
    $0.weights = "equal"
  }
}
