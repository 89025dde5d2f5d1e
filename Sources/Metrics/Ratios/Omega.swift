/// Sum of returns above the minimum acceptable one over the sum of those below.
///
/// Undefined below two bars, and without a return below.
struct Omega: Metric {
  let name = "omega"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "sum(max(r - mar, 0)) / sum(max(mar - r, 0))"
  let source = "Keating and Shadwick, A universal performance measure (2002); empyrical, quantstats"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 2) { returns in
      var above = 0.0
      var below = 0.0
      for value in returns {
        above += max(value - lane.minimumAcceptablePerBar, 0)
        below += max(lane.minimumAcceptablePerBar - value, 0)
      }
      return below == 0 ? .undefined(.noDownside) : MetricValue(above / below, of: lane)
    }
  }
}
