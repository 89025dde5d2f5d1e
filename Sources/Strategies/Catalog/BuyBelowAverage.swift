extension StrategyTemplate {
  static let buyBelowAverage = StrategyTemplate(
    "buy_below_average",
    "Buys one unit at each bar whose price lies below the average of the last days, and never sells.",
    reference:
      "Accumulation by a scheduled job: current price below the average price of the last ten days",
    parameters: [
      Parameter(
        "days", "Days of the average, as many bars as the calendar has in them", 10,
        sweep: steps(2, 60, 2))
    ]
  ) {
    $0.longEntry = "close < mean(close, days * bars_per_day)"
    $0.size = .units("1")
    $0.pyramid = "1e9"
  }
}
