/// Loss of one bar not exceeded with a given probability, or the mean beyond it, by a generalised Pareto tail.
///
/// The tail is fitted to the tenth of bars that lost most, by probability-weighted moments. Undefined below 100 bars, and
/// where the tail is too heavy or too even for a fit.
struct ExtremeValueAtRisk: Metric {
  /// The confidence, exact.
  let level: TailLevel
  /// Whether the mean beyond the loss is asked for.
  let isShortfall: Bool

  var name: String { "gpd_\(isShortfall ? "es" : "var")_\(level.percent)" }
  let unit = MetricUnit.fraction
  let direction = MetricDirection.lower
  var definition: String {
    let loss = "u + s / k * ((bars / exceedances * (1 - c))^-k - 1)"
    let text = isShortfall ? "(gpd_var_\(level.percent) + s - k * u) / (1 - k)" : loss
    return "\(text), c = 0.\(level.percent); shape k and scale s of the losses beyond u, "
      + "the largest of the other nine tenths; a loss is positive"
  }
  let source =
    "McNeil, Frey and Embrechts, Quantitative Risk Management (2005), 7.2; Hosking and Wallis, "
    + "Technometrics 29 (1987)"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 100) { returns in
      guard let tail = ParetoTail(losses: returns.map { -$0 }) else { return .undefined(.noFit) }
      return MetricValue(
        isShortfall ? tail.expectedShortfall(level) : tail.valueAtRisk(level), of: lane)
    }
  }
}
