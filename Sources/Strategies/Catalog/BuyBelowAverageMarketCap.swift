extension StrategyTemplate {
  static let buyBelowAverageMarketCap = StrategyTemplate(
    "buy_below_average_market_cap",
    "Buys one unit below the average of the last days unless the market capitalisation fell by more within a day.",
    reference:
      "Accumulation by a scheduled job, with the change of the market capitalisation of a market feed",
    parameters: [
      Parameter(
        "days", "Days of the average", 10, sweep: [5, 10, 20, 40]),
      Parameter(
        "fall", "Largest fall of the market capitalisation within a day, as a fraction", 0.05,
        sweep: [0.01, 0.02, 0.05, 0.1]),
    ],
    fields: ["market_cap"]
  ) {
    $0.longEntry =
      "close < mean(close, days * bars_per_day) and pct_change(market_cap, bars_per_day) > -fall"
    $0.size = .units("1")
    $0.pyramid = "1e9"
  }
}
