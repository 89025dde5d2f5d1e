import Market
import Metrics
import Synchronization

/// The whole catalogue of metrics from money by bar, as runs compute it: where bars are shorter than a day, returns are
/// compounded to days.
public final class HistoryMetrics: Sendable {
  /// What the numbers depend on beside the money.
  public struct Rates: Sendable, Equatable {
    /// Annual risk-free rate.
    public var riskFree = 0.0
    /// Annual minimum acceptable return.
    public var minimumAcceptable = 0.0

    /// Both 0.
    public init() {}
  }

  /// Metrics that only a simulation can know: it sees its orders, and what fills would have been without slippage.
  public static let unknown: Set<String> = [
    "ambiguous_bars", "stale_marks", "warm_bars", "conflicting_signals", "rejected_orders",
    "cancelled_orders", "partial_fills", "scaled_orders", "liquidations", "delistings",
    "residual_cash", "rebalances", "missed_withdrawals", "gross_return", "return_after_slippage",
    "return_after_commission", "return_after_borrow", "return_after_financing", "break_even_bps",
    "cost_bps", "slippage_sensitivity", "slippage_cost", "borrow_fees", "interest_paid",
    "interest_earned",
  ]

  /// Periods of all bars of the panel, and the benchmark's returns.
  public let context: LaneContext
  private let rates: Rates
  private let panel: PricePanel
  private let slices = Mutex<[Range<Int>: (bars: LaneContext, days: LaneContext?)]>([:])

  /// Metrics over a panel.
  ///
  /// - Parameters:
  ///   - panel: whose bars money is told by.
  ///   - context: the calendar of all its bars, with the benchmark.
  ///   - rates: annual rates.
  public init(panel: PricePanel, context: LaneContext, rates: Rates = Rates()) {
    precondition(context.days.count == panel.barCount, "a context of other bars")
    self.panel = panel
    self.context = context
    self.rates = rates
  }

  /// Whether returns are compounded to days.
  public var isDaily: Bool { Frequency(ns: panel.frequencyNs).isIntraday }

  /// What is known of money, for any metric: `returns`, `context` and flows are set.
  ///
  /// - Parameters:
  ///   - path: the money.
  ///   - trips: its trades; nil if none were looked for.
  ///   - holdings: what was held after each of its bars, as fractions of equity; empty if unknown.
  /// - Returns: nil without a bar, or where a return is unknown.
  public func summary(
    of path: MoneyPath, trips: RoundTrips? = nil, holdings: [LaneHistory.Holding] = []
  ) -> LaneSummary? {
    guard let first = path.bases.first, path.returns.allSatisfy(\.isFinite) else { return nil }
    let perYear = panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs)
    var lane = LaneSummary(
      returns: path.returns, barsPerYear: perYear, calendarDays: calendarDays(path.bars),
      riskFreePerBar: LaneSummary.ratePerBar(annual: rates.riskFree, barsPerYear: perYear),
      minimumAcceptablePerBar: LaneSummary.ratePerBar(
        annual: rates.minimumAcceptable, barsPerYear: perYear),
      initialEquity: first)
    // With dates of flows even one alone has its money-weighted return from its instant on.
    if path.flows.dropFirst().contains(where: { $0 != 0 }) || path.flows.first != first
      || !path.datedFlows.isEmpty
    {
      lane.timeWeightedGrowth = lane.finalEquity / first
      lane.netFlows = path.flows.reduce(0, +) - first
      lane.deposits = path.added
      lane.moneyWeightedReturn = path.moneyWeightedReturn
    }
    lane.finalEquity = path.equity.last ?? first
    lane.sumEquity = path.equity.reduce(0, +)
    if let trips { add(trips, holdings, path, to: &lane) }
    let slice = slice(path.bars)
    lane.context = slice.days ?? slice.bars
    if let days = slice.days {
      lane.compound(
        slice.bars, into: days,
        daysPerYear: panel.calendar.barsPerYear(frequencyNs: Calendar.dayNs),
        riskFree: rates.riskFree, minimumAcceptable: rates.minimumAcceptable)
    }
    return lane
  }

  /// Calendar days from the begin of the first of some bars to the end of the last.
  public func calendarDays(_ bars: Range<Int>) -> Double {
    guard let first = bars.first, let last = bars.last else { return 0 }
    let span = panel.time.ns[last] - panel.time.ns[first] + panel.frequencyNs
    return Double(span) / Double(Calendar.dayNs)
  }

  private func add(
    _ trips: RoundTrips, _ holdings: [LaneHistory.Holding], _ path: MoneyPath,
    to lane: inout LaneSummary
  ) {
    let trades = trips.trades(in: path.bars, bases: path.bases)
    for trade in trades {
      if trade.exitBar == nil { lane.openTrades += 1 } else { lane.closed.add(trade.profit) }
    }
    var isHeld = [Bool](repeating: false, count: path.bars.count)
    for trade in trades {
      for bar in trade.entryBar..<(trade.exitBar ?? isHeld.count) { isHeld[bar] = true }
    }
    lane.barsInPosition = isHeld.count { $0 }
    lane.tradedNotional = trips.total(\.traded, in: path.bars)
    lane.fees = trips.total(\.fees, in: path.bars)
    lane.dividends = trips.total(\.income, in: path.bars)
    if !holdings.isEmpty { lane.history = LaneHistory(trades: trades, holdings: holdings) }
  }

  /// The calendar of some bars, made once for all who begin and end together.
  private func slice(_ bars: Range<Int>) -> (bars: LaneContext, days: LaneContext?) {
    if let known = slices.withLock({ $0[bars] }) { return known }
    let part = LaneContext(
      days: Array(context.days[bars]), months: Array(context.months[bars]),
      benchmark: context.benchmark.map { Array($0[bars]) }, daysPerBar: context.daysPerBar)
    let made = (bars: part, days: isDaily ? part.daily : nil)
    slices.withLock { $0[bars] = made }
    return made
  }
}

extension HistoryMetrics {
  /// A metric of what is known of money, or why it has none.
  ///
  /// - Parameter lane: nil where a return is unknown, or there never was money.
  public static func value(_ metric: any Metric, of lane: LaneSummary?) -> MetricValue {
    guard let lane else { return .undefined(.notRecorded) }
    if unknown.contains(metric.name) { return .undefined(.notRecorded) }
    return metric.value(of: lane)
  }
}
