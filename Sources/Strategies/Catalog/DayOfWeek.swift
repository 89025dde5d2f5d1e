extension StrategyTemplate {
  static let dayOfWeek = StrategyTemplate(
    "day_of_week",
    "Holds for one session after a given day of the week.",
    reference: "French, Stock Returns and the Weekend Effect (1980)",
    parameters: [
      Parameter(
        "day_of_week", "Day at whose close to buy, 1 for Monday", 5, sweep: [1, 2, 3, 4, 5])
    ]
  ) {
    $0.longEntry = "weekday == day_of_week"
    $0.longExit = "weekday != day_of_week"
  }
}
