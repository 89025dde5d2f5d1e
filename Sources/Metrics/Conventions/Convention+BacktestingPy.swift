#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Convention {
  /// backtesting.py 0.6.6, by `compute_stats`; its per cents as fractions, its durations not at all.
  ///
  /// Everything begins at the equity after the first bar, whose return is lost. A year has 252 bars, or 365 where more than
  /// a sixth of them are on week-ends. Returns are compounded, volatility is that of a compounded year. Alpha is of the
  /// whole window.
  public static let backtestingPy = Convention(
    name: "backtesting.py",
    title: "backtesting.py 0.6.6: from the first bar's equity on, compounded",
    metrics: path + against + trades)

  private static func metric(
    _ name: String, _ figure: String, _ definition: String, needs: MetricNeeds = [],
    unit: MetricUnit? = nil, _ body: @escaping @Sendable (ConventionInput) -> Double
  ) -> any Metric {
    ConventionMetric(
      name, "backtesting.py 0.6.6 '\(figure)'", definition, unit: unit,
      needs: needs.union([.returns, .periods]), body)
  }

  private static let path = [
    metric("total_return", "Return [%]", "final equity / equity after the first bar - 1") {
      returns($0).compounded
    },
    metric("cagr_periods", "Return (Ann.) [%]", "(1 + g)^A - 1, g the geometric mean of a day") {
      annual($0)
    },
    metric(
      "cagr_calendar", "CAGR [%]",
      "(1 + total return)^(365.25 / days from the first bar to the last) - 1"
    ) {
      let days = Double(($0.context.days.last ?? 0) - ($0.context.days.first ?? 0))
      return pow(returns($0).compounded + 1, 365.25 / days) - 1
    },
    metric(
      "volatility", "Volatility (Ann.) [%]", "sqrt((s1^2 + (1 + g)^2)^A - (1 + g)^(2 A))"
    ) { volatility($0) },
    metric("sharpe", "Sharpe Ratio", "(cagr_periods - annual rf) / volatility") {
      (annual($0) - $0.riskFree) / volatility($0)
    },
    metric(
      "sortino", "Sortino Ratio", "(cagr_periods - annual rf) / (sqrt(mean(min(r, 0)^2)) * sqrt(A))"
    ) { (annual($0) - $0.riskFree) / (returns($0).downside * year($0).squareRoot()) },
    metric(
      "max_drawdown", "Max. Drawdown [%]", "min of equity / its maximum since the first bar, - 1"
    ) {
      -returns($0).drawdowns.reduce(0, max)
    },
    metric("calmar", "Calmar Ratio", "cagr_periods / |max_drawdown|") {
      annual($0) / returns($0).drawdowns.reduce(0, max)
    },
    metric(
      "average_drawdown", "Avg. Drawdown [%]",
      "mean over drawdowns of their deepest point, but for one that is a single bar at the end"
    ) {
      let count = returns($0).count
      let rows = DrawdownTable(returns: returns($0)).rows.filter {
        $0.recovery != nil || count - $0.start > 1
      }
      return rows.map(\.depth).mean
    },
  ]

  private static let against = [
    metric(
      "beta", "Beta", "cov / var of log returns, the benchmark in place of the traded asset",
      needs: .benchmark
    ) { beta($0) },
    metric(
      "alpha", "Alpha [%]", "R - rf - beta * (B - rf), returns of the whole window",
      needs: .benchmark
    ) {
      let benchmark = Array($0.pair.benchmark.dropFirst()).compounded
      return Array($0.pair.returns.dropFirst()).compounded - $0.riskFree
        - beta($0) * (benchmark - $0.riskFree)
    },
  ]

  private static let trades = [
    metric(
      "exposure", "Exposure Time [%]", "bars from an entry to its exit, both included / bars",
      needs: .history
    ) { input in
      var held = [Bool](repeating: false, count: input.lane.bars)
      for trade in input.lane.history?.closed ?? [] {
        for bar in trade.entryBar...(trade.exitBar ?? trade.entryBar) { held[bar] = true }
      }
      return Double(held.count { $0 }) / Double(held.count)
    },
    metric(
      "profit_factor", "Profit Factor", "sum of positive trade returns / |sum of negative ones|",
      needs: .history
    ) { tradeReturns($0).omega },
    metric(
      "expectancy", "Expectancy [%]", "mean of trade returns", needs: .history, unit: .fraction
    ) { tradeReturns($0).mean },
    metric(
      "average_trade_return", "Avg. Trade [%]", "geometric mean of trade returns",
      needs: .history
    ) {
      let returns = tradeReturns($0)
      if returns.isEmpty { return .nan }
      return returns.contains { $0 <= -1 }
        ? 0 : exp(returns.reduce(0) { $0 + log(1 + $1) } / Double(returns.count)) - 1
    },
    metric(
      "best_trade_return", "Best Trade [%]", "largest trade return", needs: .history
    ) { tradeReturns($0).max() ?? .nan },
    metric(
      "worst_trade_return", "Worst Trade [%]", "smallest trade return", needs: .history
    ) { tradeReturns($0).min() ?? .nan },
  ]

  // MARK: - Their quantities

  /// Returns after the first bar, whose own is lost.
  private static func returns(_ input: ConventionInput) -> [Double] {
    Array(input.returns.dropFirst())
  }

  private static func year(_ input: ConventionInput) -> Double {
    // 1970-01-01 was a Thursday: 2 and 3 are Saturday and Sunday.
    let weekends = input.context.days.count { (($0 % 7) + 7) % 7 == 2 || (($0 % 7) + 7) % 7 == 3 }
    let days = input.context.daysPerBar
    if days == 7 { return 52 }
    if days > 27 { return days > 300 ? 1 : 12 }
    return Double(weekends) / Double(input.context.days.count) > 2 / 7.0 * 0.6 ? 365 : 252
  }

  private static func geometricMean(_ input: ConventionInput) -> Double {
    let returns = returns(input)
    if returns.contains(where: { $0 <= -1 }) { return 0 }
    return exp(returns.reduce(0) { $0 + log(1 + $1) } / Double(returns.count)) - 1
  }

  private static func annual(_ input: ConventionInput) -> Double {
    pow(1 + geometricMean(input), year(input)) - 1
  }

  private static func volatility(_ input: ConventionInput) -> Double {
    let (deviation, growth) = (returns(input).sampleDeviation, 1 + geometricMean(input))
    let year = year(input)
    return (pow(deviation * deviation + growth * growth, year) - pow(growth, 2 * year)).squareRoot()
  }

  private static func beta(_ input: ConventionInput) -> Double {
    let pair = input.pair
    return PairMoments(
      pair.benchmark.dropFirst().map { log(1 + $0) }, pair.returns.dropFirst().map { log(1 + $0) }
    ).slope ?? .nan
  }

  private static func tradeReturns(_ input: ConventionInput) -> [Double] {
    (input.lane.history?.closed ?? []).map(\.priceReturn)
  }
}
