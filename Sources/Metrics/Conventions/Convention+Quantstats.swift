import Kernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Convention {
  /// quantstats 0.0.86, by the functions of its module `stats`.
  ///
  /// A year has 252 bars whatever the calendar. Figures of trades are of bars; losses at risk are below 0.
  public static let quantstats = Convention(
    name: "quantstats", title: "quantstats 0.0.86: 252 bars a year, trades are bars",
    metrics: returns + risks + ratios + bars + benchmarks)

  private static let year = 252.0

  private static func metric(
    _ name: String, _ function: String, _ definition: String, unit: MetricUnit? = nil,
    direction: MetricDirection? = nil, _ body: @escaping @Sendable (ConventionInput) -> Double
  ) -> any Metric {
    ConventionMetric(
      name, "quantstats 0.0.86 \(function)", definition, unit: unit, direction: direction, body)
  }

  private static func metric(
    _ name: String, _ function: String, _ definition: String,
    against body: @escaping @Sendable (ConventionInput) -> Double
  ) -> any Metric {
    ConventionMetric(
      name, "quantstats 0.0.86 \(function)", definition,
      needs: [.returns, .periods, .benchmark], body)
  }

  private static let returns = [
    metric("cagr_periods", "cagr", "(1 + total return)^(252 / bars) - 1") {
      $0.returns.annualised(year)
    },
    metric("mean_return", "avg_return", "mean of the returns that aren't 0") {
      $0.returns.filter { $0 != 0 }.mean
    },
    metric("positive_months", "win_rate(aggregate='ME')", "months above 0 / months that aren't 0") {
      share($0.context.compounded($0.returns, .month))
    },
    metric("positive_years", "win_rate(aggregate='YE')", "years above 0 / years that aren't 0") {
      share($0.context.compounded($0.returns, .year))
    },
  ]

  private static let risks = [
    metric("volatility", "volatility", "s1 * sqrt(252)") {
      $0.returns.sampleDeviation * year.squareRoot()
    },
    metric(
      "var_95", "value_at_risk", "normal: mean + z(0.05) * s1; a loss is below 0",
      direction: .higher
    ) { normalLoss($0.returns, 0.05) },
    metric(
      "var_99", "value_at_risk", "normal: mean + z(0.01) * s1; a loss is below 0",
      direction: .higher
    ) { normalLoss($0.returns, 0.01) },
    metric(
      "cvar_95", "cvar", "normal: mean - s1 * phi(z(0.05)) / 0.05; a loss is below 0",
      direction: .higher
    ) { normalTail($0.returns, 0.05) },
    metric(
      "cvar_99", "cvar", "normal: mean - s1 * phi(z(0.01)) / 0.01; a loss is below 0",
      direction: .higher
    ) { normalTail($0.returns, 0.01) },
    metric("ulcer", "ulcer_index", "sqrt(sum(drawdown^2) / (bars - 1))") { ulcer($0.returns) },
  ]

  private static let ratios = [
    metric(
      "sharpe", "sharpe", "mean(r - rf) / s1(r - rf) * sqrt(252), rf a bar (1 + annual)^(1/252) - 1"
    ) {
      sharpe(excess($0)) * year.squareRoot()
    },
    metric("smart_sharpe", "smart_sharpe", "sharpe over the penalty of the excess returns") {
      let returns = excess($0)
      return sharpe(returns) * year.squareRoot() / penalty(returns)
    },
    metric("sortino", "sortino", "mean(r - rf) / sqrt(sum(min(r - rf, 0)^2) / bars) * sqrt(252)") {
      sortino(excess($0)) * year.squareRoot()
    },
    metric("smart_sortino", "smart_sortino", "sortino over the penalty of the excess returns") {
      let returns = excess($0)
      return sortino(returns) * year.squareRoot() / penalty(returns)
    },
    metric("adjusted_sortino", "adjusted_sortino", "sortino / sqrt(2)") {
      (sortino(excess($0)) * year.squareRoot()) / Double(2).squareRoot()
    },
    metric(
      "psr", "probabilistic_sharpe_ratio",
      "Phi(SR / sqrt((1 - g3 SR + (g4 - 1)/4 SR^2) / (n - 1))), moments adjusted for the sample"
    ) { probability(sharpe(excess($0)), $0.returns) },
    metric(
      "probabilistic_sortino", "probabilistic_adjusted_sortino_ratio",
      "as psr, of the adjusted Sortino ratio of a bar"
    ) { probability(sortino(excess($0)) / Double(2).squareRoot(), $0.returns) },
    metric("calmar", "calmar", "cagr_periods / |max_drawdown|, 252 bars a year") {
      $0.returns.annualised(year) / depth($0.returns)
    },
    metric(
      "omega", "omega", "sum(max(x, 0)) / sum(max(-x, 0)), x = r - rf - mar, both a bar of 252"
    ) {
      excess($0).less($0.perPeriod($0.required, year)).omega
    },
    metric("ulcer_performance", "ulcer_performance_index", "(total return - annual rf) / ulcer") {
      ($0.returns.compounded - $0.riskFree) / ulcer($0.returns)
    },
    metric(
      "serenity", "serenity_index",
      "(sum of returns - annual rf) / (ulcer * -cvar(drawdowns) / s1), cvar of a normal distribution"
    ) {
      let pitfall = -normalTail($0.returns.drawdowns.map { -$0 }, 0.05) / $0.returns.sampleDeviation
      return ($0.returns.sum - $0.riskFree) / (ulcer($0.returns) * pitfall)
    },
    metric("recovery_factor", "recovery_factor", "|sum of returns - annual rf| / |max_drawdown|") {
      ($0.returns.sum - $0.riskFree).magnitude / depth($0.returns)
    },
    metric("rar", "rar", "cagr_periods / exposure") {
      $0.returns.annualised(year) / exposure($0.returns)
    },
  ]

  private static let bars = [
    metric("win_rate", "win_rate", "bars above 0 / bars that aren't 0") { share($0.returns) },
    metric(
      "average_win", "avg_win", "mean of returns above 0", unit: .fraction
    ) { $0.returns.filter { $0 > 0 }.mean },
    metric(
      "average_loss", "avg_loss", "mean of returns below 0", unit: .fraction
    ) { $0.returns.filter { $0 < 0 }.mean },
    metric("payoff", "payoff_ratio", "mean of returns above 0 / |mean of returns below 0|") {
      payoff($0.returns)
    },
    metric("profit_factor", "profit_factor", "sum of returns above 0 / |sum of returns below 0|") {
      $0.returns.omega
    },
    metric("cpc_index", "cpc_index", "profit_factor * win_rate * payoff, on bars") {
      $0.returns.omega * share($0.returns) * payoff($0.returns)
    },
    metric("kelly", "kelly_criterion", "(payoff * win_rate - (1 - win_rate)) / payoff, on bars") {
      let (payoff, won) = (payoff($0.returns), share($0.returns))
      return (payoff * won - (1 - won)) / payoff
    },
    metric("risk_of_ruin", "risk_of_ruin", "((1 - win_rate) / (1 + win_rate))^bars, on bars") {
      let won = share($0.returns)
      return pow((1 - won) / (1 + won), Double($0.returns.count))
    },
    metric("exposure", "exposure", "returns that aren't 0 / bars, up to the next per cent") {
      exposure($0.returns)
    },
    metric("longest_win_streak", "consecutive_wins", "most bars above 0 in a row") {
      longest($0.returns) { $0 > 0 }
    },
    metric("longest_loss_streak", "consecutive_losses", "most bars below 0 in a row") {
      longest($0.returns) { $0 < 0 }
    },
  ]

  private static let benchmarks = [
    metric(
      "alpha", "greeks", "(mean(r) - beta * mean(b)) * 252",
      against: {
        let pair = PairMoments($0.pair.benchmark, $0.pair.returns)
        return pair.slope.map { (pair.meanY - $0 * pair.meanX) * year } ?? .nan
      }),
    metric(
      "beta", "greeks", "cov(r, b) / var(b)",
      against: {
        PairMoments($0.pair.benchmark, $0.pair.returns).slope ?? .nan
      }),
    metric(
      "information_ratio", "information_ratio", "mean(r - b) / s1(r - b)",
      against: {
        let active = zip($0.pair.returns, $0.pair.benchmark).map { $0 - $1 }
        return active.mean / active.sampleDeviation
      }),
    metric(
      "treynor", "treynor_ratio", "(total return - annual rf) / beta",
      against: {
        let beta = PairMoments($0.pair.benchmark, $0.pair.returns).slope ?? .nan
        return ($0.returns.compounded - $0.riskFree) / beta
      }),
  ]

  // MARK: - Their functions

  private static func excess(_ input: ConventionInput) -> [Double] {
    input.returns.less(input.perPeriod(input.riskFree, year))
  }
  private static func sharpe(_ returns: [Double]) -> Double {
    returns.mean / returns.sampleDeviation
  }
  private static func sortino(_ returns: [Double]) -> Double { returns.mean / returns.downside }
  private static func penalty(_ returns: [Double]) -> Double {
    AutocorrelationPenalty(returns)?.factor ?? 1
  }
  private static func normalLoss(_ values: [Double], _ tail: Double) -> Double {
    values.mean + values.sampleDeviation * Distribution.normalQuantile(tail)
  }
  private static func normalTail(_ values: [Double], _ tail: Double) -> Double {
    let density = Distribution.normalDensity(Distribution.normalQuantile(tail))
    return values.mean - values.sampleDeviation * density / tail
  }
  private static func ulcer(_ returns: [Double]) -> Double {
    let squares = returns.drawdowns.reduce(0) { $0 + $1 * $1 }
    return (squares / Double(returns.count - 1)).squareRoot()
  }
  private static func depth(_ returns: [Double]) -> Double { returns.drawdowns.reduce(0, max) }
  private static func share(_ values: [Double]) -> Double {
    Double(values.count { $0 > 0 }) / Double(values.count { $0 != 0 })
  }
  private static func payoff(_ returns: [Double]) -> Double {
    returns.filter { $0 > 0 }.mean / returns.filter { $0 < 0 }.mean.magnitude
  }
  private static func exposure(_ returns: [Double]) -> Double {
    ceil(Double(returns.count { $0 != 0 }) / Double(returns.count) * 100) / 100
  }
  private static func probability(_ ratio: Double, _ returns: [Double]) -> Double {
    let moments = returns.adjustedMoments
    return SharpeInference.probability(
      sharpe: ratio, exceeds: 0, count: returns.count, skew: moments.skew,
      kurtosis: moments.kurtosis + 3)
  }
  private static func longest(_ returns: [Double], _ counts: (Double) -> Bool) -> Double {
    var (longest, run) = (0, 0)
    for value in returns {
      run = counts(value) ? run + 1 : 0
      longest = max(longest, run)
    }
    return Double(longest)
  }
}
