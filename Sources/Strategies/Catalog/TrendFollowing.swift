extension StrategyTemplate {
  static let trendFollowing = StrategyTemplate(
    "trend_following",
    "Holds each symbol while it lies above its long average, cash instead while it doesn't.",
    reference: "Faber, A Quantitative Approach to Tactical Asset Allocation (2007)",
    parameters: [
      Parameter(
        "n", "Bars of the average", 210, sweep: steps(50, 300, 10))
    ],
    rebalance: "month"
  ) {
    $0.weights = "if(close > sma(close, n), equal, 0)"
  }
}
