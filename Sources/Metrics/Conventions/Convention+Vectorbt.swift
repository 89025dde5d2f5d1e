#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Convention {
  /// vectorbt 1.2.0, by its accessor of returns and its records of trades.
  ///
  /// A year has 365 days of bars, also where exchanges close. Drawdowns begin at the equity after the first bar, so what the
  /// first bar loses is none.
  public static let vectorbt = Convention(
    name: "vectorbt", title: "vectorbt 1.2.0: 365 days a year, drawdowns from the first bar on",
    metrics: EmpyricalFunctions.metrics("vectorbt 1.2.0", yearText: "Y") { year($0) } + own)

  private static func year(_ input: ConventionInput) -> Double { 365 / input.context.daysPerBar }

  private static func metric(
    _ name: String, _ function: String, _ definition: String,
    _ body: @escaping @Sendable (ConventionInput) -> Double
  ) -> any Metric {
    ConventionMetric(name, "vectorbt 1.2.0 \(function)", definition, body)
  }

  private static let own = [
    metric("max_drawdown", "max_drawdown", "min of equity / its maximum since the first bar, - 1") {
      -depth($0)
    },
    metric("ulcer", "ulcer_index", "sqrt(mean(drawdown^2)), drawdowns since the first bar") {
      ulcer($0)
    },
    metric("calmar", "calmar_ratio", "cagr_periods / |max_drawdown|, Y = 365 days of bars") {
      depth($0) == 0 ? .nan : $0.returns.annualised(year($0)) / depth($0)
    },
    metric("ulcer_performance", "martin_ratio", "(cagr_periods - annual rf) / ulcer") {
      let annual = pow(1 + $0.perPeriod($0.riskFree, year($0)), year($0)) - 1
      return ($0.returns.annualised(year($0)) - annual) / ulcer($0)
    },
    metric(
      "expectancy", "Trades.expectancy",
      "win_rate * mean profit - (1 - win_rate) * |mean loss|, trades at 0 among the losses' share"
    ) {
      let lane = $0.lane
      guard lane.trades > 0 else { return .nan }
      let won = Double(lane.wins) / Double(lane.trades)
      let gain = lane.wins > 0 ? lane.grossProfit / Double(lane.wins) : 0
      let loss = lane.losses > 0 ? lane.grossLoss / Double(lane.losses) : 0
      return won * gain - (1 - won) * loss
    },
  ]

  private static func drawdowns(_ input: ConventionInput) -> [Double] {
    [0] + Array(input.returns.dropFirst()).drawdowns
  }
  private static func depth(_ input: ConventionInput) -> Double {
    drawdowns(input).reduce(0, max)
  }
  private static func ulcer(_ input: ConventionInput) -> Double {
    (drawdowns(input).reduce(0) { $0 + $1 * $1 } / Double(input.returns.count)).squareRoot()
  }
}
