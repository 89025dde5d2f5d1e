import Market
import Metrics

/// Everything but the strategy that defines an account under the rule book.
public struct AccountRun: Sendable {
  /// Prices.
  public var panel: PricePanel
  /// Columns of the panel to trade; a strategy counts them from 0.
  public var symbols: [Int]
  /// Fills, costs and margin.
  public var rules: ExecutionRules
  /// Equity before the first bar.
  public var cash: Double
  /// Bars of the panel in which the account trades.
  public var window: Range<Int>
  /// First bar of the panel that a strategy sees; at most the window's first.
  public var historyStart: Int
  /// First bar that signals look at, where they know of those before; nil for `historyStart`.
  public var signalStart: Int?
  /// Annual risk-free rate.
  public var riskFree = 0.0
  /// Annual minimum acceptable return.
  public var minimumAcceptable = 0.0
  /// Whether summaries carry the returns of every bar.
  public var keepsReturns = false
  /// Deposits and withdrawals; bars count from the window's first.
  public var flows: [CashFlow] = []
  /// Corporate actions that the ledger applies; none where prices are adjusted for them.
  public var actions = LedgerActions.none
  /// Shorter bars of the same symbols for `Intrabar.finer`; columns are found by name.
  public var finer: PricePanel?
  /// Nanoseconds to add to UTC for the panel's zone at an instant: it tells where an exchange day ends.
  public var zoneOffset: @Sendable (Int64) -> Int64 = { _ in 0 }

  /// A run over a window of a panel.
  public init(
    panel: PricePanel, symbols: [Int], rules: ExecutionRules, cash: Double, window: Range<Int>,
    historyStart: Int = 0
  ) {
    precondition(window.lowerBound >= historyStart && window.upperBound <= panel.barCount)
    precondition(symbols.allSatisfy { (0..<panel.symbolCount).contains($0) })
    self.panel = panel
    self.symbols = symbols
    self.rules = rules
    self.cash = cash
    self.window = window
    self.historyStart = historyStart
  }

  /// Bars in a year.
  public var barsPerYear: Double { panel.calendar.barsPerYear(frequencyNs: panel.frequencyNs) }

  /// Days from the start of the first bar to the end of the last.
  var calendarDays: Double {
    guard let first = window.first, let last = window.last else { return 0 }
    let span = panel.time.ns[last] - panel.time.ns[first] + panel.frequencyNs
    return Double(span) / Double(Calendar.dayNs)
  }
}
