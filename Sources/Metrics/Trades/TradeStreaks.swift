extension TradeFigure {
  /// Runs of trades of one kind, in the order of exits.
  static let streaks = [
    TradeFigure(
      "longest_win_streak", .count, .higher,
      "most won trades in a row, in the order of exits; one at 0 ends the row",
      source: "LEAN MaxConsecutiveWinningTrades"
    ) { longest($0) { $0 > 0 } },
    TradeFigure(
      "longest_loss_streak", .count, .lower,
      "most lost trades in a row, in the order of exits; one at 0 ends the row",
      source: "LEAN MaxConsecutiveLosingTrades"
    ) { longest($0) { $0 < 0 } },
  ]

  private static func longest(_ trades: [LaneHistory.Trade], _ counts: (Double) -> Bool) -> Double {
    // Those of one bar in the order of their entries.
    let ordered = trades.enumerated().sorted {
      ($0.element.exitBar ?? 0, $0.offset) < ($1.element.exitBar ?? 0, $1.offset)
    }
    var (longest, run) = (0, 0)
    for trade in ordered {
      run = counts(trade.element.profit) ? run + 1 : 0
      longest = max(longest, run)
    }
    return Double(longest)
  }
}
