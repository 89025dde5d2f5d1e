/// Mean return above the minimum acceptable one, over the root mean square of shortfalls, annualised.
///
/// The mean of squares runs over all bars, not only those with a shortfall. Undefined below two bars, and without a
/// shortfall.
struct Sortino: Metric {
  let name = "sortino"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "mean(r - mar) * sqrt(bars per year) / sqrt(sum(min(r - mar, 0)^2) / bars)"
  let source = "Sortino and Price, J. Investing 3 (1994); empyrical, quantstats"
  let needs: MetricNeeds = .extendedSums

  func value(of lane: LaneSummary) -> MetricValue {
    guard lane.observations > 1 else { return .undefined(.tooFewBars) }
    let downside = (lane.sumSquaredDownside / Double(lane.observations)).squareRoot()
    if downside < LaneSummary.negligible { return .undefined(.noDownside) }
    let excess = lane.meanReturn - lane.minimumAcceptablePerBar
    return MetricValue(excess * lane.observationsPerYear.squareRoot() / downside, of: lane)
  }
}
