extension HoldingFigure {
  /// How few positions carry what is held.
  static let concentrations = [
    HoldingFigure(
      "holdings", .ratio, .neutral, "mean number of positions over bars",
      source: "pyfolio daily holdings"
    ) { $0.map { Double($0.positions) }.mean },
    HoldingFigure("max_holdings", .count, .neutral, "most positions after a bar") {
      Double($0.reduce(0) { max($0, $1.positions) })
    },
    HoldingFigure(
      "largest_position", .fraction, .lower, "largest value of one position / equity after a bar",
      source: "pyfolio get_max_median_position_concentration"
    ) { $0.reduce(0) { max($0, $1.largest) } },
    HoldingFigure(
      "concentration", .fraction, .lower,
      "mean over bars with positions of the sum of squares of their shares in longs + shorts",
      source: "Herfindahl-Hirschman index", whenHeld: true
    ) { $0.map(\.concentration).mean },
    HoldingFigure(
      "effective_assets", .ratio, .higher,
      "mean over bars with positions of 1 / the sum of squares of their shares in longs + shorts",
      source: "skfolio effective_number_assets", whenHeld: true
    ) { $0.map { 1 / $0.concentration }.mean },
  ]
}

extension LaneHistory.Holding {
  /// Sum of squares of shares in what is held; 1 for a single position.
  fileprivate var concentration: Double { squares / ((long + short) * (long + short)) }
}
