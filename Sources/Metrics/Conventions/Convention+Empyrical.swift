extension Convention {
  /// empyrical-reloaded 0.7.1, by the functions of its module `stats`, of daily returns.
  ///
  /// A year has 252 bars whatever the calendar. Its GPD estimates are ours of the same name: theirs search a threshold by
  /// halves from 20 %.
  public static let empyrical = Convention(
    name: "empyrical", title: "empyrical-reloaded 0.7.1: 252 bars a year",
    metrics: EmpyricalFunctions.metrics(library, yearText: "252") { _ in year } + own)

  private static let year = 252.0
  private static let library = "empyrical-reloaded 0.7.1"

  private static func metric(
    _ name: String, _ function: String, _ definition: String, needs: MetricNeeds = [],
    _ body: @escaping @Sendable (ConventionInput) -> Double
  ) -> any Metric {
    ConventionMetric(
      name, "\(library) \(function)", definition, needs: needs.union([.returns, .periods]), body)
  }

  private static let own = [
    metric("calmar", "calmar_ratio", "cagr_periods / |max_drawdown|, 252 bars a year") {
      $0.returns.annualised(year) / $0.returns.drawdowns.reduce(0, max)
    },
    metric("skew", "stats.skew", "m3 / m2^1.5 of the population") {
      CentralMoments(of: $0.returns)
        .map { $0.third / ($0.second * $0.second.squareRoot()) } ?? .nan
    },
    metric("excess_kurtosis", "stats.kurtosis", "m4 / m2^2 - 3 of the population") {
      CentralMoments(of: $0.returns).map { $0.fourth / ($0.second * $0.second) - 3 } ?? .nan
    },
    metric("up_alpha", "up_alpha_beta", "alpha over bars with b above 0", needs: .benchmark) {
      let part = EmpyricalFunctions.sided($0.pair.returns, $0.pair.benchmark) { $0 > 0 }
      return EmpyricalFunctions.alpha(part.returns, part.benchmark, $0, year)
    },
    metric("down_alpha", "down_alpha_beta", "alpha over bars with b below 0", needs: .benchmark) {
      let part = EmpyricalFunctions.sided($0.pair.returns, $0.pair.benchmark) { $0 < 0 }
      return EmpyricalFunctions.alpha(part.returns, part.benchmark, $0, year)
    },
  ]
}
