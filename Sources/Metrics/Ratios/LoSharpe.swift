#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sharpe ratio of a year, of returns that follow on each other as a first-order autoregression.
///
/// Undefined below three bars and without variation.
struct LoSharpe: Metric {
  let name = "lo_sharpe"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition =
    "mean(r - rf) / s1 * A / sqrt(A + 2 * sum over k = 1 … A - 1 of (A - k) * a^k), A = bars per year, a = correlation "
    + "of a return with the one before"
  let source = "Lo, The statistics of Sharpe ratios, Financial Analysts Journal 58 (2002), eq. 22"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 3) { returns in
      guard let penalty = AutocorrelationPenalty(returns) else {
        return .undefined(.noVariation)
      }
      let year = lane.observationsPerYear
      let a = penalty.correlation
      // The sum in closed form.
      let sum = a == 1 ? year * (year - 1) / 2 : a / (1 - a) * (year - (1 - pow(a, year)) / (1 - a))
      let scale = (year / (year + 2 * sum)).squareRoot()
      return Sharpe().value(of: lane).map(of: lane) { $0 * scale }
    }
  }
}
