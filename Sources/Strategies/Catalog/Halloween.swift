extension StrategyTemplate {
  static let halloween = StrategyTemplate(
    "halloween",
    "Holds from November to April: sell in May and go away.",
    reference: "Bouman, Jacobsen, The Halloween Indicator (2002)",
    parameters: [
      Parameter(
        "first", "Month from which to hold", 11, sweep: [9, 10, 11, 12]),
      Parameter(
        "last", "Month in which to sell", 5, sweep: [3, 4, 5, 6]),
    ]
  ) {
    $0.longEntry = "month >= first or month < last"
    $0.longExit = "month >= last and month < first"
  }
}
