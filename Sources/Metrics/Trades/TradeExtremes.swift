extension TradeFigure {
  /// Largest and smallest profits.
  static let extremes = [
    TradeFigure(
      "largest_win", .currency, .higher, "largest profit of a won trade",
      source: "LEAN LargestProfit", of: .won
    ) { $0.reduce(-.infinity) { max($0, $1.profit) } },
    TradeFigure(
      "largest_loss", .currency, .higher, "smallest profit of a lost trade, below 0",
      source: "LEAN LargestLoss", of: .lost
    ) { $0.reduce(.infinity) { min($0, $1.profit) } },
    TradeFigure(
      "average_trade_return", .fraction, .higher,
      "mean over closed trades of profit / equity before the entry",
      source: "vectorbt avg of trade returns, on equity instead of the entry's cost"
    ) { $0.map(\.profitFraction).mean },
    TradeFigure(
      "best_trade_return", .fraction, .higher,
      "largest profit / equity before the entry of a closed trade",
      source: "backtesting.py Best Trade"
    ) { $0.reduce(-.infinity) { max($0, $1.profitFraction) } },
    TradeFigure(
      "worst_trade_return", .fraction, .higher,
      "smallest profit / equity before the entry of a closed trade",
      source: "backtesting.py Worst Trade"
    ) { $0.reduce(.infinity) { min($0, $1.profitFraction) } },
  ]
}
