extension TradeFigure {
  /// How long positions were held.
  static let durations = [
    TradeFigure(
      "average_trade_bars", .bars, .neutral, "mean over closed trades of bars from entry to exit",
      source: "backtesting.py Avg. Trade Duration, in bars"
    ) { $0.bars.mean },
    TradeFigure(
      "median_trade_bars", .bars, .neutral, "median over closed trades of bars from entry to exit",
      source: "LEAN MedianTradeDuration, in bars"
    ) { $0.bars.median },
    TradeFigure(
      "longest_trade_bars", .bars, .neutral, "most bars from entry to exit of a closed trade",
      source: "backtesting.py Max. Trade Duration, in bars"
    ) { $0.bars.reduce(0, max) },
    TradeFigure(
      "average_win_bars", .bars, .neutral, "mean over won trades of bars from entry to exit",
      source: "vectorbt Avg Winning Trade Duration, in bars", of: .won
    ) { $0.bars.mean },
    TradeFigure(
      "median_win_bars", .bars, .neutral, "median over won trades of bars from entry to exit",
      source: "LEAN MedianWinningTradeDuration, in bars", of: .won
    ) { $0.bars.median },
    TradeFigure(
      "average_loss_bars", .bars, .neutral, "mean over lost trades of bars from entry to exit",
      source: "vectorbt Avg Losing Trade Duration, in bars", of: .lost
    ) { $0.bars.mean },
    TradeFigure(
      "median_loss_bars", .bars, .neutral, "median over lost trades of bars from entry to exit",
      source: "LEAN MedianLosingTradeDuration, in bars", of: .lost
    ) { $0.bars.median },
  ]
}

extension [LaneHistory.Trade] {
  /// Bars from entry to exit of trades that are closed.
  fileprivate var bars: [Double] {
    compactMap { trade in trade.exitBar.map { Double($0 - trade.entryBar) } }
  }
}

extension [Double] {
  /// The middle element, or the mean of the two; not of nothing.
  fileprivate var median: Double {
    var selection = Selection(of: self)
    return selection.quantile(perMille: 500)
  }
}
