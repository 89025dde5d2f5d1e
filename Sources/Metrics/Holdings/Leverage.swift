extension HoldingFigure {
  /// How much of equity is at work.
  static let leverages = [
    HoldingFigure(
      "gross_leverage", .ratio, .neutral, "mean over bars of (longs + shorts) / equity",
      source: "pyfolio gross_leverage"
    ) { $0.map { $0.long + $0.short }.mean },
    HoldingFigure(
      "max_gross_leverage", .ratio, .lower, "largest (longs + shorts) / equity after a bar",
      source: "pyfolio gross_leverage"
    ) { $0.reduce(0) { max($0, $1.long + $1.short) } },
    HoldingFigure(
      "net_leverage", .ratio, .neutral, "mean over bars of (longs - shorts) / equity",
      source: "pyfolio net exposure"
    ) { $0.map { $0.long - $0.short }.mean },
    HoldingFigure(
      "long_exposure", .fraction, .neutral, "mean over bars of longs / equity",
      source: "pyfolio get_long_short_pos"
    ) { $0.map(\.long).mean },
    HoldingFigure(
      "short_exposure", .fraction, .neutral, "mean over bars of shorts / equity",
      source: "pyfolio get_long_short_pos"
    ) { $0.map(\.short).mean },
  ]
}
