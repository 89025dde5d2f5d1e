#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The functions that empyrical defines and vectorbt follows, for a number of bars a year.
///
/// Rates are of a bar; losses at risk are below 0; nothing against a benchmark is annualised but alpha, which is compounded.
enum EmpyricalFunctions {
  /// Their metrics.
  ///
  /// - Parameters:
  ///   - library: its name and version, for sources.
  ///   - year: how many bars a year has.
  ///   - yearText: the same in a definition.
  static func metrics(
    _ library: String, yearText: String, year: @escaping @Sendable (ConventionInput) -> Double
  ) -> [any Metric] {
    func metric(
      _ name: String, _ function: String, _ definition: String,
      direction: MetricDirection? = nil, isRelative: Bool = false,
      _ body: @escaping @Sendable (ConventionInput) -> Double
    ) -> any Metric {
      let definition = definition.replacing("A", with: yearText)
      return ConventionMetric(
        name, "\(library) \(function)", definition, direction: direction,
        needs: isRelative ? [.returns, .periods, .benchmark] : [.returns, .periods], body)
    }
    func relative(
      _ name: String, _ function: String, _ definition: String,
      _ body: @escaping @Sendable ([Double], [Double], ConventionInput) -> Double
    ) -> any Metric {
      metric(name, function, definition, isRelative: true) {
        let pair = $0.pair
        return body(pair.returns, pair.benchmark, $0)
      }
    }
    return [
      metric("cagr_periods", "annual_return", "(1 + total return)^(A / bars) - 1") {
        $0.returns.annualised(year($0))
      },
      metric("volatility", "annual_volatility", "s1 * sqrt(A)") {
        $0.returns.sampleDeviation * year($0).squareRoot()
      },
      metric("downside_deviation", "downside_risk", "sqrt(mean(min(r - mar, 0)^2)) * sqrt(A)") {
        $0.returns.less($0.perPeriod($0.required, year($0))).downside * year($0).squareRoot()
      },
      metric("sharpe", "sharpe_ratio", "mean(r - rf) / s1(r - rf) * sqrt(A)") {
        let excess = $0.returns.less($0.perPeriod($0.riskFree, year($0)))
        return excess.mean / excess.sampleDeviation * year($0).squareRoot()
      },
      metric(
        "sortino", "sortino_ratio", "mean(r - mar) * A / (sqrt(mean(min(r - mar, 0)^2)) * sqrt(A))"
      ) {
        let excess = $0.returns.less($0.perPeriod($0.required, year($0)))
        return excess.mean * year($0) / (excess.downside * year($0).squareRoot())
      },
      metric(
        "omega", "omega_ratio", "sum(max(x, 0)) / sum(max(-x, 0)), x = r - rf - mar, both a bar"
      ) {
        $0.returns.less($0.perPeriod($0.riskFree, year($0)))
          .less($0.perPeriod($0.required, year($0))).omega
      },
      metric(
        "var_95", "value_at_risk", "q(0.05), linearly interpolated; a loss is below 0",
        direction: .higher
      ) { $0.returns.quantile(perMille: 50) },
      metric(
        "var_99", "value_at_risk", "q(0.01), linearly interpolated; a loss is below 0",
        direction: .higher
      ) { $0.returns.quantile(perMille: 10) },
      metric(
        "cvar_95", "conditional_value_at_risk",
        "mean of the floor((n - 1) * 0.05) + 1 lowest returns; a loss is below 0",
        direction: .higher
      ) { lowest($0.returns, perMille: 50) },
      metric(
        "cvar_99", "conditional_value_at_risk",
        "mean of the floor((n - 1) * 0.01) + 1 lowest returns; a loss is below 0",
        direction: .higher
      ) { lowest($0.returns, perMille: 10) },
      relative("beta", "beta", "cov(r, b) / var(b)") { returns, benchmark, _ in
        beta(returns, benchmark)
      },
      relative("alpha", "alpha", "(1 + mean(r - rf - beta * (b - rf)))^A - 1") {
        alpha($0, $1, $2, year($2))
      },
      relative("information_ratio", "excess_sharpe", "mean(r - b) / s1(r - b)") {
        returns, benchmark, _ in
        let active = zip(returns, benchmark).map { $0 - $1 }
        return active.mean / active.sampleDeviation
      },
      relative("up_capture", "up_capture", "annual return / that of b, over bars with b above 0") {
        capture($0, $1, year($2)) { $0 > 0 }
      },
      relative(
        "down_capture", "down_capture", "annual return / that of b, over bars with b below 0"
      ) { capture($0, $1, year($2)) { $0 < 0 } },
      relative("capture_ratio", "up_down_capture", "up_capture / down_capture") {
        capture($0, $1, year($2)) { $0 > 0 } / capture($0, $1, year($2)) { $0 < 0 }
      },
    ]
  }

  static func beta(_ returns: [Double], _ benchmark: [Double]) -> Double {
    PairMoments(benchmark, returns).slope ?? .nan
  }

  static func alpha(
    _ returns: [Double], _ benchmark: [Double], _ input: ConventionInput, _ year: Double
  ) -> Double {
    let rate = input.perPeriod(input.riskFree, year)
    let beta = beta(returns, benchmark)
    let mean = zip(returns, benchmark).map { $0 - rate - beta * ($1 - rate) }.mean
    return pow(1 + mean, year) - 1
  }

  /// Returns at the bars whose benchmark return is of a kind.
  static func sided(
    _ returns: [Double], _ benchmark: [Double], _ counts: (Double) -> Bool
  ) -> (returns: [Double], benchmark: [Double]) {
    let bars = benchmark.indices.filter { counts(benchmark[$0]) }
    return (bars.map { returns[$0] }, bars.map { benchmark[$0] })
  }

  private static func capture(
    _ returns: [Double], _ benchmark: [Double], _ year: Double, _ counts: (Double) -> Bool
  ) -> Double {
    let part = sided(returns, benchmark, counts)
    return part.returns.annualised(year) / part.benchmark.annualised(year)
  }

  private static func lowest(_ returns: [Double], perMille: Int) -> Double {
    let count = (returns.count - 1) * perMille / 1000 + 1
    return Array(returns.sorted().prefix(count)).mean
  }
}
