extension StrategyTemplate {
  static let sixtyForty = StrategyTemplate(
    "sixty_forty",
    "Holds stocks and bonds with fixed weights.",
    reference: "Bogle, Common Sense on Mutual Funds (1999)",
    parameters: [
      Parameter(
        "part", "Weight of stocks", 0.6, sweep: steps(0.1, 1, 0.1))
    ],
    roles: [
      Role("stocks", "Symbol of the stocks", "SPY"),
      Role("bonds", "Symbol of the bonds", "AGG"),
    ],
    rebalance: "quarter"
  ) {
    $0.weights = "if(is(\"$stocks\"), part, if(is(\"$bonds\"), 1 - part, 0))"
  }
}
