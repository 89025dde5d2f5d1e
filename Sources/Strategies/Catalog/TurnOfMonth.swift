extension StrategyTemplate {
  static let turnOfMonth = StrategyTemplate(
    "turn_of_month",
    "Holds over the last sessions of a month and the first of the next.",
    reference: "Lakonishok, Smidt, Are Seasonal Anomalies Real? (1988)",
    parameters: [
      Parameter(
        "before", "Sessions before the month's last at whose close to buy", 1,
        sweep: [1, 2, 3, 4, 5]),
      Parameter(
        "after", "Session of the month at whose close to sell", 3, sweep: [1, 2, 3, 4, 5]),
    ]
  ) {
    $0.longEntry = "month_sessions_left <= before and month_session > after"
    $0.longExit = "month_session >= after and month_sessions_left > before"
  }
}
