extension StrategyTemplate {
  static let donchianBreakout = StrategyTemplate(
    "donchian_breakout",
    "Buys above the highest high of the bars before and sells below the lowest low, on either side.",
    reference: "Donchian, Commodities: High Finance in Copper (1960)",
    parameters: [
      Parameter(
        "entry", "Bars of the channel to enter", 20, sweep: steps(10, 100, 5)),
      Parameter(
        "out", "Bars of the channel to leave", 10, sweep: steps(5, 50, 5)),
    ],
    where: "out <= entry"
  ) {
    $0.longEntry = "close > lag(donchian_upper(entry), 1)"
    $0.longExit = "close < lag(donchian_lower(out), 1)"
    $0.shortEntry = "close < lag(donchian_lower(entry), 1)"
    $0.shortExit = "close > lag(donchian_upper(out), 1)"
  }
}
