extension StrategyTemplate {
  static let dollarCostAveraging = StrategyTemplate(
    "dollar_cost_averaging",
    "Buys for the same amount of money every so many bars and never sells.",
    reference: "Graham, The Intelligent Investor (1949)",
    parameters: [
      Parameter(
        "bars", "Bars between purchases", 21, sweep: [5, 10, 21, 42, 63, 126, 252]),
      Parameter(
        "amount", "Money for each purchase", 1000, sweep: [1000]),
    ]
  ) {
    $0.longEntry = "every(bars)"
    $0.size = .notional("amount")
    $0.pyramid = "1e9"
  }
}
