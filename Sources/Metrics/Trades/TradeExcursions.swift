extension TradeFigure {
  /// What prices did between entry and exit.
  static let excursions = [
    TradeFigure(
      "average_mae", .fraction, .higher,
      "mean over closed trades of the maximum adverse excursion: worst price from entry to exit / entry price - 1, shorts "
        + "turned round, at most 0", source: "LEAN AverageMAE, as a fraction"
    ) { $0.map(\.adverse).mean },
    TradeFigure(
      "largest_mae", .fraction, .higher, "the deepest maximum adverse excursion of a closed trade",
      source: "LEAN LargestMAE, as a fraction"
    ) { $0.map(\.adverse).reduce(.infinity) { $1.isNaN ? .nan : min($0, $1) } },
    TradeFigure(
      "average_mfe", .fraction, .higher,
      "mean over closed trades of the maximum favourable excursion: best price from entry to exit / entry price - 1, "
        + "shorts turned round, at least 0", source: "LEAN AverageMFE, as a fraction"
    ) { $0.map(\.favourable).mean },
    TradeFigure(
      "largest_mfe", .fraction, .higher,
      "the largest maximum favourable excursion of a closed trade",
      source: "LEAN LargestMFE, as a fraction"
    ) { $0.map(\.favourable).reduce(-.infinity) { $1.isNaN ? .nan : max($0, $1) } },
    TradeFigure(
      "end_trade_drawdown", .fraction, .lower,
      "mean over closed trades of what the exit gave back: maximum favourable excursion less the price's return at the "
        + "exit", source: "LEAN AverageEndTradeDrawdown, as a fraction"
    ) { $0.map { $0.favourable - $0.priceReturn }.mean },
  ]
}
