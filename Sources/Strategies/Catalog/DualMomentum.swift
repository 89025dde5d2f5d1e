extension StrategyTemplate {
  static let dualMomentum = StrategyTemplate(
    "dual_momentum",
    "Holds the symbols that rose most, as long as they beat a safe one; the rest is in the safe one.",
    reference: "Antonacci, Dual Momentum Investing (2014)",
    parameters: [
      Parameter(
        "lookback", "Bars of the rise", 252, sweep: steps(63, 378, 21)),
      Parameter(
        "n", "Number of symbols", 1, sweep: [1, 2, 3, 5]),
    ],
    roles: [
      Role("safe", "Symbol of the safe asset", "SHY")
    ],
    rebalance: "month"
  ) {
    $0.parts = [
      "rise": "pct_change(close, lookback)",
      "candidate": "if(is(\"$safe\"), 0 / 0, rise)",
      "picked": "if(top(n, candidate) and rise > symbol(\"$safe\").rise, 1 / n, 0)",
    ]
    $0.weights = "if(is(\"$safe\"), 1 - sum_across(picked), picked)"
  }
}
