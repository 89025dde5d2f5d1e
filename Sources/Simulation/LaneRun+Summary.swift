import Kernels
import Market
import Metrics

extension LaneRun {
  /// Eight lanes before their first bar.
  ///
  /// Places without a lane repeat the first one.
  func freshState(sets: [Int]) -> LaneState {
    var state = LaneState(cash: cash)
    let any = sets.first { $0 >= 0 } ?? 0
    for (lane, set) in sets.enumerated() {
      let terms = strategy.terms(of: set < 0 ? any : set)
      state.fraction[lane] = terms.fraction
      state.stopLoss[lane] = terms.stopLoss
      state.takeProfit[lane] = terms.takeProfit
      state.trailingStop[lane] = terms.trailingStop
    }
    return state
  }

  /// What is known of a lane after its last bar.
  func summary(of state: LaneState, lane: Int, warmup: Int, firstPrice: Int) -> LaneSummary {
    var summary = LaneSummary()
    let bars = window.count
    summary.bars = bars
    summary.barsPerYear = barsPerYear
    summary.calendarDays = calendarDays
    summary.riskFreePerBar = perBar(riskFree)
    summary.minimumAcceptablePerBar = rules.minimumAcceptable
    summary.initialEquity = cash
    let isRuined = state.ruined[lane] != 0
    summary.isRuined = isRuined
    summary.finalEquity = isRuined ? state.ruinEquity[lane] : state.equity[lane]
    summary.sumReturns = state.sumReturns[lane]
    summary.sumSquaredReturns = state.sumSquares[lane]
    summary.sumSquaredDownside = state.sumDownside[lane]
    summary.maxDrawdown = state.worstDepth[lane] - 1
    summary.sumSquaredDrawdowns = state.sumDepthSquares[lane]
    summary.longestDrawdownBars = Int(state.longestUnderWater[lane])
    summary.trades = Int(state.trades[lane])
    let isOpen = state.units[lane] != 0
    summary.openTrades = isOpen ? 1 : 0
    summary.wins = Int(state.wins[lane])
    summary.losses = Int(state.losses[lane])
    summary.grossProfit = state.grossProfit[lane]
    summary.grossLoss = state.grossLoss[lane]
    let openBars = isOpen ? bars - Int(state.entryBar[lane]) : 0
    summary.barsInPosition = Int(state.barsHeld[lane]) + openBars
    summary.tradedNotional = state.notional[lane]
    summary.sumEquity = state.sumEquity[lane]
    if isRuined && rules.keepsExtendedSums {
      // After ruin a shadow equity of 1 was summed in place of the equity that stays.
      let barsAfterRuin = Double(bars - 1) - state.entryBar[lane]
      summary.sumEquity += (summary.finalEquity - 1) * barsAfterRuin
    }
    summary.fees = state.fees[lane]
    summary.slippage = state.slippage[lane]
    summary.ambiguousBars = Int(state.ambiguous[lane])
    summary.staleMarks = Int(state.stale[lane])
    let warmUntil = min(firstPrice + warmup, window.upperBound - historyStart)
    summary.warmBars = max(0, warmUntil - (window.lowerBound - historyStart))
    summary.conflictingSignals = Int(state.conflicts[lane])
    summary.rejectedOrders = Int(state.rejected[lane])
    return summary
  }

  /// Days from the start of the first bar to the end of the last.
  var calendarDays: Double {
    guard let first = window.first, let last = window.last else { return 0 }
    let span = panel.time.ns[last] - panel.time.ns[first] + panel.frequencyNs
    return Double(span) / Double(Calendar.dayNs)
  }
}
