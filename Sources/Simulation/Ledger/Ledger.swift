import Kernels
import Metrics

/// One account with positions in any number of symbols: the only place where money moves.
///
/// For each bar: `beginBar` (financing, corporate actions, flows), then any number of fills, then `endBar` (marks, equity,
/// sums). A fill costs O(1), a bar O(symbols held), and nothing is allocated by a bar unless a record is kept.
///
/// Cash includes the proceeds of shorts. Equity is cash plus Σ units · mark · rate, to the operation as in the vector kernel, so
/// one symbol traded alike gives the same bits. Money is in account currency, prices are in the symbol's.
public struct Ledger: Sendable {
  /// Costs, margin and what becomes of actions.
  public let rules: ExecutionRules
  /// Number of symbols that it may hold.
  public var symbolCount: Int { positions.count }
  /// Cash; it includes the proceeds of shorts.
  public internal(set) var cash: Double
  /// Equity after the last bar, or before the first.
  public internal(set) var equity: Double
  /// Whether the account lost everything: its equity stays where it ended, and nothing fills.
  public internal(set) var isRuined = false
  /// Symbols held, in order.
  public internal(set) var held: [Int] = []
  /// Deposits and withdrawals, in order of bars.
  public internal(set) var flows: [CashFlow]
  /// Corporate actions.
  public internal(set) var actions: LedgerActions
  /// Fills, trades and, by bar, money and units, if they are kept.
  public internal(set) var record: LaneRecord?
  /// Whether it is.
  let keepsRecord: Bool
  /// Counters and sums over fills; the broker counts orders here, `complete` adds what is known after the last bar.
  public var summary = LaneSummary()

  var positions: [LedgerPosition]
  var path: LedgerPath
  /// Value of longs, and of shorts as a positive number, at the latest prices.
  var longValue = 0.0
  var shortValue = 0.0
  /// Movements of cash so far.
  var moves = 0
  /// What came in or went out since the last bar.
  var flowOfBar = 0.0
  /// The next of `flows` and of `actions.rows`.
  var nextFlow = 0
  var nextAction = 0
  /// The rows of `actions` that the current bar applied.
  var appliedActions = 0..<0
  /// Time since the first bar, and what flowed when.
  var clockNs: Int64 = 0
  var flowLog: [DatedFlow] = []
  /// Symbols whose dividends wait to be reinvested.
  var reinvesting: [Int] = []
  let initialCash: Double
  let isFinanced: Bool

  /// An account before its first bar.
  ///
  /// - Parameters:
  ///   - symbolCount: symbols are 0 ..< this.
  ///   - cash: account currency; from 0.
  ///   - flows: in any order; those of bars that never begin are left out.
  ///   - actions: none where prices are adjusted for them.
  ///   - minimumAcceptablePerBar: return below which the downside counts.
  ///   - keepsReturns: whether the summary carries the return of every bar.
  ///   - keepsRecord: whether `record` is kept.
  public init(
    symbolCount: Int, cash: Double, rules: ExecutionRules, flows: [CashFlow] = [],
    actions: LedgerActions = .none, minimumAcceptablePerBar: Double = 0,
    keepsReturns: Bool = false, keepsRecord: Bool = false
  ) {
    precondition(symbolCount > 0 && cash >= 0, "an account with a symbol and without debts")
    self.rules = rules
    self.cash = cash
    self.flows = flows.sorted { $0.bar < $1.bar }
    self.actions = actions
    equity = cash
    initialCash = cash
    isFinanced = !rules.financing.isFree
    positions = Array(repeating: LedgerPosition(), count: symbolCount)
    held.reserveCapacity(min(symbolCount, 64))
    path = LedgerPath(
      minimumAcceptable: minimumAcceptablePerBar, keepsReturns: keepsReturns)
    self.keepsRecord = keepsRecord
    if keepsRecord { record = LaneRecord() }
  }

  // What is held.
  /// Units of a symbol; negative when short, 0 when flat.
  @inline(__always) public func units(_ symbol: Int = 0) -> Double { positions[symbol].units }
  /// Average price of the units held, after slippage; 0 when flat.
  public func averagePrice(_ symbol: Int = 0) -> Double {
    positions[symbol].units == 0 ? 0 : positions[symbol].averagePrice
  }
  /// Bar of the first fill of the open round trip; meaningless when flat.
  public func entryBar(_ symbol: Int = 0) -> Int { positions[symbol].entryBar }
  /// Equity before the first fill of the open round trip; meaningless when flat.
  public func entryEquity(_ symbol: Int = 0) -> Double { positions[symbol].entryEquity }
  /// Last known price of a symbol that is held.
  public func mark(_ symbol: Int = 0) -> Double { positions[symbol].mark }
  /// Value of a position at its last known price; negative when short.
  public func value(_ symbol: Int = 0) -> Double { positions[symbol].value }
  /// Account currency for one of the symbol's.
  public func rate(_ symbol: Int = 0) -> Double { positions[symbol].rate }
  /// Whether the symbol has ended, so that nothing of it fills any more.
  public func hasEnded(_ symbol: Int = 0) -> Bool { positions[symbol].hasEnded }
  /// Equity at the latest prices, those of fills of the current bar included.
  public var currentEquity: Double { cash + longValue - shortValue }
  /// Value of longs plus value of shorts at the latest prices.
  public var grossValue: Double { longValue + shortValue }

  /// Tells the rate of a symbol's currency: account currency for one of the symbol's.
  ///
  /// It holds for fills and marks until the next is told. Anything but a positive number changes nothing.
  public mutating func setRate(_ rate: Double, of symbol: Int) {
    guard rate > 0, rate < .infinity, rate != positions[symbol].rate else { return }
    positions[symbol].rate = rate
    revalue(symbol)
  }

  /// Tells a price of the current bar, such as its open, for margin and sizes; the equity of the bar is settled by `endBar`.
  ///
  /// NaN changes nothing.
  public mutating func setMark(_ price: Double, of symbol: Int) {
    if price.isNaN || positions[symbol].units == 0 { return }
    positions[symbol].mark = price
    revalue(symbol)
  }

  /// Brings the value of a position and the sums over values up to date.
  @inline(__always)
  mutating func revalue(_ symbol: Int) {
    let old = positions[symbol].value
    let value =
      positions[symbol].units == 0
      ? 0 : positions[symbol].units * positions[symbol].mark * positions[symbol].rate
    if old > 0 { longValue -= old } else { shortValue += old }
    if value > 0 { longValue += value } else { shortValue -= value }
    positions[symbol].value = value
    // Differences leave residues of rounding; nothing held is worth nothing.
    if held.isEmpty {
      longValue = 0
      shortValue = 0
    }
  }

  /// Moves cash on behalf of an open round trip.
  @inline(__always)
  mutating func move(_ money: Double, for symbol: Int) {
    cash += money
    moves += 1
    positions[symbol].flow += money
    positions[symbol].moves += 1
  }

  /// Writes what is known after the last bar: sums over the path, over fills, and returns of flows.
  ///
  /// Left to the caller are the time base, the initial equity and warm bars; `calendarDays` is read.
  public func complete(_ summary: inout LaneSummary) {
    let base = summary
    summary = self.summary
    summary.bars = base.bars
    summary.barsPerYear = base.barsPerYear
    summary.calendarDays = base.calendarDays
    summary.riskFreePerBar = base.riskFreePerBar
    summary.minimumAcceptablePerBar = base.minimumAcceptablePerBar
    summary.warmBars = base.warmBars
    summary.conflictingSignals = max(base.conflictingSignals, self.summary.conflictingSignals)
    summary.initialEquity = initialCash
    summary.finalEquity = equity
    summary.isRuined = isRuined
    summary.openTrades = held.count
    path.complete(&summary)
    completeFlows(&summary)
  }
}
