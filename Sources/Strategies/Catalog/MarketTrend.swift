extension StrategyTemplate {
  static let marketTrend = StrategyTemplate(
    "market_trend",
    "Holds a symbol in its own rise while another, the market, rises too.",
    reference: "Faber, A Quantitative Approach to Tactical Asset Allocation (2007)",
    parameters: [
      Parameter(
        "n", "Bars of the averages", 200, sweep: steps(50, 300, 25))
    ],
    roles: [
      Role("market", "Symbol that stands for the market", "SPY")
    ]
  ) {
    $0.parts = ["rises": "close > sma(close, n)"]
    $0.longEntry = "rises and symbol(\"$market\").rises"
    $0.longExit = "not rises or not symbol(\"$market\").rises"
  }
}
