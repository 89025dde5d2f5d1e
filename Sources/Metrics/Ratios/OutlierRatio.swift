/// Size of an extreme return over the mean gain, or the mean loss.
///
/// Undefined below two bars, and without a gain or loss to compare with.
struct OutlierRatio: Metric {
  /// Whether gains are looked at.
  let isWin: Bool

  var name: String { isWin ? "outlier_win_ratio" : "outlier_loss_ratio" }
  let unit = MetricUnit.ratio
  var direction: MetricDirection { isWin ? .higher : .lower }
  var definition: String {
    isWin ? "q(0.99) / mean of returns from 0 up" : "q(0.01) / mean of returns below 0"
  }
  var source: String { "quantstats \(name)" }
  let needs: MetricNeeds = .returns

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromReturns(atLeast: 2) { returns in
      let mean = returns.filter { isWin ? $0 >= 0 : $0 < 0 }.mean
      if mean.isNaN || mean == 0 { return .undefined(isWin ? .noWins : .noDownside) }
      var selection = Selection(of: returns)
      return MetricValue(selection.quantile(perMille: isWin ? 990 : 10) / mean, of: lane)
    }
  }
}
