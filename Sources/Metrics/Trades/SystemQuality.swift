/// Mean profit of a closed trade over its standard deviation, times the root of their number.
///
/// Undefined below two closed trades, and where all made the same.
struct SystemQuality: Metric {
  let name = "sqn"
  let unit = MetricUnit.ratio
  let direction = MetricDirection.higher
  let definition = "sqrt(n) * mean(profit) / s1(profit) over the n closed trades, in money"
  let source =
    "Tharp, Trade Your Way to Financial Freedom (1998); vectorbt, backtesting.py; backtrader has ddof 0"
  let needs: MetricNeeds = .history

  func value(of lane: LaneSummary) -> MetricValue {
    lane.fromTrades { trades in
      guard trades.count > 1 else { return .undefined(.noTrades) }
      let profits = trades.map(\.profit)
      let deviation = profits.sampleDeviation
      let size = profits.reduce(0) { $0 + $1.magnitude }
      guard deviation > size * .ulpOfOne else { return .undefined(.noVariation) }
      return MetricValue(
        Double(trades.count).squareRoot() * profits.mean / deviation, of: lane)
    }
  }
}
