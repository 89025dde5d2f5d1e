extension TradeFigure {
  /// Trades by their side.
  static let sides = [
    TradeFigure("long_trades", .count, .neutral, "closed trades that bought to open") {
      Double($0.count { $0.isLong })
    },
    TradeFigure("short_trades", .count, .neutral, "closed trades that sold to open") {
      Double($0.count { !$0.isLong })
    },
  ]
}
