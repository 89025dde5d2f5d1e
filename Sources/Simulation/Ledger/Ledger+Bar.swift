import Kernels
import Metrics

extension Ledger {
  /// Begins a bar: what has accrued since the one before, then corporate actions, then flows.
  ///
  /// - Parameters:
  ///   - bar: of the run's window; in order.
  ///   - elapsedNs: from the start of the bar before to the start of this one; 0 for the first.
  @inline(__always)
  public mutating func beginBar(_ bar: Int, elapsedNs: Int64 = 0) {
    clockNs += elapsedNs
    flowOfBar = 0
    if isRuined { return }
    if isFinanced && elapsedNs > 0 { accrue(elapsedNs) }
    if nextAction < actions.rows.count || !appliedActions.isEmpty { applyActions(of: bar) }
    if nextFlow < flows.count && flows[nextFlow].bar <= bar { applyFlows(of: bar) }
  }

  /// Ends a bar: marks what is held, settles equity, and folds the bar into the sums.
  ///
  /// The bar's growth is equity over the equity before plus what flowed in at the bar's begin, so that returns are
  /// time-weighted. A held symbol without a close keeps its mark, which is counted as stale.
  ///
  /// - Parameters:
  ///   - closes: `[N]` closes of the run's symbols; only those held are read.
  ///   - rates: `[N]` account currency for one of each symbol's, or nil to keep what was told.
  public mutating func endBar(
    _ bar: Int, closes: UnsafePointer<Double>, rates: UnsafePointer<Double>? = nil
  ) {
    if isRuined {
      path.add(1, equity: equity)
      if keepsRecord { recordBar() }
      return
    }
    if !reinvesting.isEmpty { reinvest(bar, closes) }
    let marked = Self.mark(held, &positions, cash: cash, closes, rates)
    longValue = marked.long
    shortValue = marked.short
    summary.staleMarks += marked.stale
    settle(bar, marked.equity)
  }

  /// Ends a bar of an account with one symbol.
  public mutating func endBar(_ bar: Int, close: Double) {
    withUnsafePointer(to: close) { endBar(bar, closes: $0) }
  }

  /// Marks what is held: equity, values of longs and shorts, and how many marks are stale.
  @inline(__always)
  private static func mark(
    _ held: [Int], _ positions: inout [LedgerPosition], cash: Double,
    _ closes: UnsafePointer<Double>, _ rates: UnsafePointer<Double>?
  ) -> (equity: Double, long: Double, short: Double, stale: Int) {
    var (now, long, short, stale) = (cash, 0.0, 0.0, 0)
    // A span is checked for being unique once, an array at each step.
    var positions = positions.mutableSpan
    let held = held.span
    for place in held.indices {
      let symbol = held[place]
      let close = closes[symbol]
      if let rate = rates?[symbol], rate > 0, rate < .infinity { positions[symbol].rate = rate }
      if close.isNaN { stale += 1 } else { positions[symbol].mark = close }
      let value = positions[symbol].units * positions[symbol].mark * positions[symbol].rate
      positions[symbol].value = value
      now += value
      if value > 0 { long += value } else { short -= value }
    }
    return (now, long, short, stale)
  }

  @inline(__always)
  private mutating func settle(_ bar: Int, _ now: Double) {
    let base = equity + flowOfBar
    // An account that never had money, or gave all back, has no return.
    let growth = base > 0 ? now / base : 1
    equity = now
    path.add(growth, equity: now)
    if now <= 0 && (now < 0 || base > 0) { ruin(bar) }
    if !held.isEmpty { summary.barsInPosition += 1 }
    if keepsRecord { recordBar() }
  }

  /// Ends an account that has lost everything.
  private mutating func ruin(_ bar: Int) {
    isRuined = true
    for symbol in held {
      let isAlone = moves - positions[symbol].firstMove == positions[symbol].moves
      let profit =
        isAlone && held.count == 1
        ? equity - positions[symbol].entryCash
        : positions[symbol].flow + positions[symbol].value
      positions[symbol].exitPrice = positions[symbol].mark
      summary.closed.add(profit)
      closeTrade(symbol, bar, profit, .liquidation)
      positions[symbol].units = 0
      positions[symbol].value = 0
    }
    held.removeAll(keepingCapacity: true)
    reinvesting.removeAll(keepingCapacity: true)
    longValue = 0
    shortValue = 0
    cash = equity
  }

  /// Borrow and interest since the bar before, at the last marks.
  private mutating func accrue(_ elapsedNs: Int64) {
    let financing = rules.financing
    let interest = financing.interest(cash: cash, elapsedNs: elapsedNs)
    if shortValue > 0 && financing.borrowRate != 0 {
      for symbol in held where positions[symbol].value < 0 {
        let fee = financing.borrow(shortValue: -positions[symbol].value, elapsedNs: elapsedNs)
        move(-fee, for: symbol)
        summary.borrowFees += fee
      }
    }
    if interest == 0 { return }
    cash += interest
    moves += 1
    if interest > 0 { summary.interestEarned += interest } else { summary.interestPaid -= interest }
  }
}
