/// Root mean square of the returns' shortfalls below their own mean, annualised.
///
/// Undefined without a bar.
struct SemiDeviation: Metric {
  let name = "semi_deviation"
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  let definition = "sqrt(sum(min(r - mean r, 0)^2) / bars) * sqrt(bars per year)"
  let source = "Markowitz, Portfolio Selection (1959), ch. 9; skfolio divides by bars - 1"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 1) { returns in
      let mean = returns.mean
      let sum = returns.reduce(0) {
        let shortfall = min($1 - mean, 0)
        return $0 + shortfall * shortfall
      }
      let square = sum / Double(returns.count) * lane.observationsPerYear
      return MetricValue(square.squareRoot(), of: lane)
    }
  }
}
