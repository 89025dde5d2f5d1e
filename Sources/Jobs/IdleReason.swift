import Metrics

/// Why a lane closed no trade, as far as its sums tell: the first that holds.
enum IdleReason: Int, CaseIterable {
  /// Its first position is still open.
  case holding
  /// Every bar of the window went into warming up.
  case warming
  /// Its orders were refused.
  case rejected
  /// Its orders ended without a fill.
  case unfilled
  /// Both entries were signalled at the same bars.
  case conflicting
  /// There was no signal to enter.
  case silent

  /// The reason of a lane; nil for one that closed a trade.
  init?(_ summary: LaneSummary) {
    if summary.trades > 0 { return nil }
    if summary.openTrades > 0 {
      self = .holding
    } else if summary.warmBars >= summary.bars {
      self = .warming
    } else if summary.rejectedOrders > 0 {
      self = .rejected
    } else if summary.cancelledOrders > 0 {
      self = .unfilled
    } else if summary.conflictingSignals > 0 {
      self = .conflicting
    } else {
      self = .silent
    }
  }

  /// As the end of a sentence about lanes.
  var text: String {
    switch self {
    case .holding: "still hold their first position"
    case .warming: "were warming up until the last bar"
    case .rejected:
      "had their orders rejected (cash, margin, lot, least notional, short: false, or a price "
        + "at or below 0)"
    case .unfilled: "had orders that never filled"
    case .conflicting: "had long and short entries only at the same bars"
    case .silent: "had no signal to enter before the last bar"
    }
  }
}
