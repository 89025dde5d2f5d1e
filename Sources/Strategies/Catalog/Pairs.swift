extension StrategyTemplate {
  static let pairs = StrategyTemplate(
    "pairs",
    "Holds one symbol against another in the ratio of a rolling regression when they are far apart, until they meet.",
    reference:
      "Gatev, Goetzmann, Rouwenhorst, Pairs Trading (2006); Vidyamurthy, Pairs Trading (2004)",
    parameters: [
      Parameter(
        "n", "Bars of the regression", 60, sweep: steps(20, 250, 10)),
      Parameter(
        "k", "Distance to enter at, in standard deviations", 2, sweep: [1, 1.5, 2, 2.5, 3]),
    ],
    roles: [
      Role("first", "One symbol", "KO"),
      Role("second", "The other", "PEP"),
    ],
    rebalance: "day"
  ) {
    $0.parts = [
      "one": "symbol(\"$first\").close", "other": "symbol(\"$second\").close",
      "hedge": "beta(one, other, n)",
      "apart": "zscore(one - hedge * other, n)",
      // The first bar counts as each event, so that all have happened.
      "cheap": "bars_since(apart < -k or every(1e6)) < bars_since(apart > 0 or every(1e6))",
      "dear": "bars_since(apart > k or every(1e6)) < bars_since(apart < 0 or every(1e6))",
      "side": "if(cheap, 1, 0) - if(dear, 1, 0)", "ratio": "hedge * other / one",
    ]
    $0.weights =
      "if(is(\"$first\"), side, if(is(\"$second\"), -side * ratio, 0)) / (1 + abs(ratio))"
  }
}
