/// Size of the 95 % quantile of returns over the size of the 5 % quantile.
///
/// Quantiles are interpolated linearly (type 7 of Hyndman and Fan), as in every library that has this metric, unlike
/// `var_95`. Undefined below two bars, and when the lower quantile is 0, as for a strategy that is mostly flat.
struct TailRatio: Metric {
  let name = "tail_ratio"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "|q(0.95)| / |q(0.05)|, quantiles of returns, linearly interpolated (type 7)"
  let source = "empyrical tail_ratio, quantstats tail_ratio"
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 2) { returns in
      var selection = Selection(of: returns)
      let upper = selection.quantile(perMille: 950)
      let lower = selection.quantile(perMille: 50)
      if lower.magnitude < LaneSummary.negligible { return .undefined(.noLowerTail) }
      return MetricValue((upper / lower).magnitude, of: lane)
    }
  }
}
