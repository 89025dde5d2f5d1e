/// Profit over capital before all costs, and after one cost after the other: slippage (the spread included), commission, borrow,
/// interest.
///
/// The trades are those that were made: the steps don't say what an account without a cost would have bought with it.
/// Capital is the initial equity and what was deposited. The last step is the return on capital itself.
enum CostLadder {
  /// Profit over capital with the costs that the profit should not bear, or why there is none.
  ///
  /// Undefined without a bar, without capital, and if fills were not recorded.
  static func value(of lane: LaneSummary, adding costs: Double) -> MetricValue {
    guard lane.bars > 0 else { return .undefined(.tooFewBars) }
    if lane.lacksFills { return .undefined(.notRecorded) }
    let capital = lane.initialEquity + lane.deposits
    guard capital > 0 else { return .undefined(.noCapital) }
    return MetricValue((lane.profit + costs) / capital, of: lane)
  }
}

extension LaneSummary {
  /// Final equity less all that was paid in and not taken out.
  var profit: Double { finalEquity - initialEquity - netFlows }
  /// Interest paid less interest earned.
  var financing: Double { interestPaid - interestEarned }
  /// Whether there were trades of which no sums were kept.
  var lacksFills: Bool { trades + openTrades > 0 && tradedNotional == 0 }
}
