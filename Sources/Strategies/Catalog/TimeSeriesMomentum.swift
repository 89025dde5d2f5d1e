extension StrategyTemplate {
  static let timeSeriesMomentum = StrategyTemplate(
    "time_series_momentum",
    "Holds each symbol that rose and sells each that fell, with the same volatility each.",
    reference: "Moskowitz, Ooi, Pedersen, Time Series Momentum (2012)",
    parameters: [
      Parameter(
        "lookback", "Bars of the rise", 252, sweep: steps(21, 504, 21)),
      Parameter(
        "target", "Annual volatility of each position, held alone", 0.4, sweep: [0.1, 0.2, 0.4]),
    ],
    rebalance: "month"
  ) {
    $0.parts = ["volatility": "stdev(pct_change(close, 1), 60) * sqrt(bars_per_year)"]
    $0.weights =
      "if(close > lag(close, lookback), 1, -1) * min(1, target / volatility) "
      + "/ count_across(close)"
  }
}
