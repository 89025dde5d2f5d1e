import Kernels
import Market
import Metrics

extension LaneRun {
  /// Eight lanes before their first bar.
  ///
  /// `terms` are those of neighbouring sets from `first` on. Places without a lane repeat one that has.
  func freshState(sets: some Sequence<Int>, first: Int, terms: [LaneTerms]) -> LaneState {
    var state = LaneState(cash: cash)
    let any = sets.first { $0 >= 0 } ?? first
    for (lane, set) in sets.enumerated() {
      let terms = terms[(set < 0 ? any : set) - first]
      state.fraction[lane] = terms.fraction
      state.stopLoss[lane] = terms.stopLoss
      state.takeProfit[lane] = terms.takeProfit
      state.trailingStop[lane] = terms.trailingStop
    }
    return state
  }

  /// What is known of every lane before its first bar.
  var emptySummary: LaneSummary {
    var summary = LaneSummary()
    summary.bars = window.count
    summary.barsPerYear = barsPerYear
    summary.calendarDays = calendarDays
    summary.riskFreePerBar = perBar(riskFree)
    summary.minimumAcceptablePerBar = rules.minimumAcceptable
    summary.initialEquity = cash
    return summary
  }

  /// Adds to an empty summary what is known of a lane after its last bar.
  func complete(
    _ summary: inout LaneSummary, from lanes: UnsafePointer<LaneState>, lane: Int, warmup: Int,
    firstPrice: Int
  ) {
    let isRuined = lanes.pointee.ruined[lane] != 0
    summary.finalEquity = isRuined ? lanes.pointee.ruinEquity[lane] : lanes.pointee.equity[lane]
    // An invested account never owes anything; so many losses can leave it nothing all the same.
    summary.isRuined =
      isRuined || rules.isInvested && summary.finalEquity <= LaneState.nothing * 1e6
    summary.sumReturns = lanes.pointee.sumReturns[lane]
    summary.sumSquaredReturns = lanes.pointee.sumSquares[lane]
    summary.sumSquaredDownside = lanes.pointee.sumDownside[lane]
    summary.maxDrawdown = lanes.pointee.worstDepth[lane] - 1
    summary.sumSquaredDrawdowns = lanes.pointee.sumDepthSquares[lane]
    summary.longestDrawdownBars = Int(lanes.pointee.longestUnderWater[lane])
    summary.trades = Int(lanes.pointee.trades[lane])
    let isOpen = lanes.pointee.units[lane] != 0
    summary.openTrades = isOpen ? 1 : 0
    summary.wins = Int(lanes.pointee.wins[lane])
    summary.losses = Int(lanes.pointee.losses[lane])
    summary.grossProfit = lanes.pointee.grossProfit[lane]
    summary.grossLoss = lanes.pointee.grossLoss[lane]
    let openBars = isOpen ? window.count - Int(lanes.pointee.entryBar[lane]) : 0
    summary.barsInPosition = Int(lanes.pointee.barsHeld[lane]) + openBars
    summary.tradedNotional = lanes.pointee.notional[lane]
    summary.sumEquity = lanes.pointee.sumEquity[lane]
    if isRuined && rules.keepsExtendedSums {
      // After ruin a shadow equity of 1 was summed in place of the equity that stays.
      let barsAfterRuin = Double(window.count - 1) - lanes.pointee.entryBar[lane]
      summary.sumEquity += (summary.finalEquity - 1) * barsAfterRuin
    }
    summary.fees = lanes.pointee.fees[lane]
    summary.slippage = lanes.pointee.slippage[lane]
    summary.ambiguousBars = Int(lanes.pointee.ambiguous[lane])
    summary.staleMarks = Int(lanes.pointee.stale[lane])
    let warmUntil = min(firstPrice + warmup, window.upperBound - historyStart)
    summary.warmBars = max(0, warmUntil - (window.lowerBound - historyStart))
    summary.conflictingSignals = Int(lanes.pointee.conflicts[lane])
    summary.rejectedOrders = Int(lanes.pointee.rejected[lane])
    summary.liquidations = Int(lanes.pointee.liquidations[lane])
  }

  /// Days from the start of the first bar to the end of the last.
  var calendarDays: Double {
    guard let first = window.first, let last = window.last else { return 0 }
    let span = panel.time.ns[last] - panel.time.ns[first] + panel.frequencyNs
    return Double(span) / Double(Calendar.dayNs)
  }
}
