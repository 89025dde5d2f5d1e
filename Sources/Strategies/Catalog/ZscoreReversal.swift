extension StrategyTemplate {
  static let zscoreReversal = StrategyTemplate(
    "zscore_reversal",
    "Buys far below the mean of the last bars and sells far above it, back to the mean.",
    reference: "Poterba, Summers, Mean Reversion in Stock Prices (1988)",
    parameters: [
      Parameter(
        "n", "Bars of the mean", 20, sweep: steps(5, 60, 5)),
      Parameter(
        "k", "Distance in standard deviations", 2, sweep: [1, 1.5, 2, 2.5, 3]),
    ]
  ) {
    $0.longEntry = "zscore(close, n) < -k"
    $0.longExit = "zscore(close, n) > 0"
    $0.shortEntry = "zscore(close, n) > k"
    $0.shortExit = "zscore(close, n) < 0"
  }
}
