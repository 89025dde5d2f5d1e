import Kernels
import Metrics

extension Ledger {
  /// Moves money and units by one fill: opens, adds to, reduces, closes or turns a position.
  ///
  /// A purchase that would leave no more than rounding of the cash leaves none. A fill that leaves no more than rounding of a
  /// position closes it. A fill that turns a position ends one round trip and begins another; the commission is shared by
  /// units. The price becomes the symbol's mark.
  ///
  /// The ledger takes the fill as it is: whether cash and margin allow it, `fit` and `affordable` tell before.
  ///
  /// - Parameters:
  ///   - units: signed: purchases are positive; not 0.
  ///   - price: before slippage, in the symbol's currency.
  ///   - fillPrice: after slippage.
  ///   - commission: in account currency.
  ///   - bar: of the run's window.
  public mutating func fill(
    symbol: Int = 0, units: Double, price: Double, fillPrice: Double, commission: Double,
    cause: FillRecord.Cause, bar: Int
  ) {
    let old = positions[symbol].units
    let isOpposite = old > 0 && units < 0 || old < 0 && units > 0
    if !isOpposite {
      if old == 0 { begin(symbol, bar) }
      enter(symbol, units, fillPrice, commission)
    } else {
      var rest = old + units
      if rest.magnitude <= 1e-12 * max(old.magnitude, units.magnitude) { rest = 0 }
      if rest == 0 {
        leave(symbol, units, fillPrice, commission)
        end(symbol, bar, cause)
      } else if (rest > 0) == (old > 0) {
        leave(symbol, units, fillPrice, commission)
      } else {
        let share = commission * (old / -units)
        leave(symbol, -old, fillPrice, share)
        end(symbol, bar, cause)
        begin(symbol, bar)
        enter(symbol, rest, fillPrice, commission - share)
      }
    }
    let rate = positions[symbol].rate
    positions[symbol].mark = price
    revalue(symbol)
    summary.fees += commission
    summary.tradedNotional += units.magnitude * fillPrice * rate
    summary.slippage += units * (fillPrice - price) * rate
    log(symbol, units, price, fillPrice, commission, cause, bar)
  }

  /// Begins a round trip from flat.
  @inline(__always)
  private mutating func begin(_ symbol: Int, _ bar: Int) {
    let equity = currentEquity
    let place = held.firstIndex { $0 > symbol } ?? held.count
    held.insert(symbol, at: place)
    positions[symbol].entryBar = bar
    positions[symbol].entryCash = cash
    positions[symbol].entryEquity = equity
    positions[symbol].flow = 0
    positions[symbol].firstMove = moves
    positions[symbol].moves = 0
    positions[symbol].entered = 0
    positions[symbol].left = 0
    openTrade(symbol, bar)
  }

  /// Opens or adds to a position.
  @inline(__always)
  private mutating func enter(
    _ symbol: Int, _ units: Double, _ fillPrice: Double, _ commission: Double
  ) {
    let before = cash
    let after = cash - units * fillPrice * positions[symbol].rate - commission
    // A purchase with all the cash leaves zero up to rounding.
    cash = units > 0 && after.magnitude <= 1e-12 * before ? 0 : after
    moves += 1
    positions[symbol].moves += 1
    positions[symbol].flow += cash - before
    positions[symbol].averagePrice = mean(
      positions[symbol].averagePrice, positions[symbol].units, fillPrice, units)
    positions[symbol].entryPrice = mean(
      positions[symbol].entryPrice, positions[symbol].entered, fillPrice, units)
    positions[symbol].units += units
    positions[symbol].entered += units
  }

  /// Reduces a position; what is left of it may be nothing.
  @inline(__always)
  private mutating func leave(
    _ symbol: Int, _ units: Double, _ fillPrice: Double, _ commission: Double
  ) {
    let before = cash
    cash = cash - units * fillPrice * positions[symbol].rate - commission
    moves += 1
    positions[symbol].moves += 1
    positions[symbol].flow += cash - before
    positions[symbol].exitPrice = mean(
      positions[symbol].exitPrice, positions[symbol].left, fillPrice, units.magnitude)
    positions[symbol].units += units
    positions[symbol].left += units.magnitude
  }

  /// Mean of two prices by units of the same sign; the second where there were no units before, to the bit.
  @inline(__always)
  private func mean(_ price: Double, _ units: Double, _ next: Double, _ more: Double) -> Double {
    units == 0 ? next : (price * units + next * more) / (units + more)
  }

  /// Ends a round trip whose last units have left.
  @inline(__always)
  mutating func end(_ symbol: Int, _ bar: Int, _ cause: FillRecord.Cause) {
    positions[symbol].units = 0
    if let place = held.firstIndex(of: symbol) { held.remove(at: place) }
    let profit = profit(symbol)
    summary.closed.add(profit)
    closeTrade(symbol, bar, profit, cause)
  }

  /// What a round trip has brought in cash.
  ///
  /// If nothing else moved cash meanwhile, it is the difference of cash, as in the vector kernel.
  @inline(__always)
  func profit(_ symbol: Int) -> Double {
    moves - positions[symbol].firstMove == positions[symbol].moves
      ? cash - positions[symbol].entryCash : positions[symbol].flow
  }
}
