extension StrategyTemplate {
  static let turtle = StrategyTemplate(
    "turtle",
    "Donchian breakouts on either side whose size makes two average true ranges cost the same part of equity.",
    reference: "Faith, Way of the Turtle (2007)",
    parameters: [
      Parameter(
        "entry", "Bars of the channel to enter", 20, sweep: [20, 40, 55]),
      Parameter(
        "out", "Bars of the channel to leave", 10, sweep: [10, 15, 20]),
      Parameter(
        "risk", "Part of equity that two average true ranges cost", 0.02,
        sweep: [0.005, 0.01, 0.02]),
    ],
    where: "out <= entry"
  ) {
    $0.longEntry = "close > lag(donchian_upper(entry), 1)"
    $0.longExit = "close < lag(donchian_lower(out), 1)"
    $0.shortEntry = "close < lag(donchian_lower(entry), 1)"
    $0.shortExit = "close > lag(donchian_upper(out), 1)"
    $0.size = .fraction("min(1, risk * close / (2 * atr(20)))")
  }
}
