extension StrategyTemplate {
  static let buyBelowAverage24h = StrategyTemplate(
    "buy_below_average_24h",
    "Buys one unit below the average of the last days if the price also fell within a day and lies low in that day's range.",
    reference:
      "Accumulation by a scheduled job, with the day's high, low and change of a market feed",
    parameters: [
      Parameter(
        "days", "Days of the average", 10, sweep: [5, 10, 20, 40]),
      Parameter(
        "fall", "Least fall within a day, as a fraction", 0.01, sweep: [0, 0.01, 0.02, 0.05]),
      Parameter(
        "part", "Highest place in the day's range, 0 at its low", 0.5, sweep: [0.25, 0.5, 1]),
    ]
  ) {
    $0.parts = [
      "high_24h": "highest(high, bars_per_day)", "low_24h": "lowest(low, bars_per_day)",
      "change_24h": "pct_change(close, bars_per_day)",
    ]
    $0.longEntry =
      "close < mean(close, days * bars_per_day) and change_24h < -fall "
      + "and close < low_24h + part * (high_24h - low_24h)"
    $0.size = .units("1")
    $0.pyramid = "1e9"
  }
}
