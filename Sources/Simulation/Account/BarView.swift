import Kernels

/// What a strategy sees at the close of a bar: bars up to it, and its account.
///
/// Nothing after the current bar can be reached, and a view can't be kept. `lag` counts bars back from the current one; before
/// the first bar, and where a price is missing, values are NaN. A lag below 0, or a symbol that the run lacks, traps.
public struct BarView: ~Copyable {
  @usableFromInline let fields: UnsafePointer<UnsafePointer<Double>?>
  @usableFromInline let columns: UnsafePointer<Int>
  @usableFromInline let times: [Int64]
  @usableFromInline let positions: UnsafePointer<PositionState>
  @usableFromInline let stride: Int
  @usableFromInline let first: Int
  @usableFromInline let windowStart: Int
  @usableFromInline var now: Int
  /// Number of symbols, `N`.
  public let symbolCount: Int
  /// Equity after this bar; in a run that fills at the same close, before its fills.
  public internal(set) var equity: Double
  /// Cash after this bar; it includes the proceeds of short positions.
  public internal(set) var cash: Double
  /// Orders that have not ended, in the order of their submission.
  public internal(set) var openOrders: [OrderID] = []
  /// Round trips closed so far.
  public internal(set) var closedTrades = 0

  init(
    feed: borrowing BarFeed, positions: UnsafePointer<PositionState>, first: Int, windowStart: Int,
    symbolCount: Int, cash: Double
  ) {
    fields = feed.fields
    columns = feed.columns
    times = feed.run.panel.time.ns
    stride = feed.stride
    self.positions = positions
    self.first = first
    self.windowStart = windowStart
    self.symbolCount = symbolCount
    self.cash = cash
    equity = cash
    now = first
    openOrders.reserveCapacity(16)
  }

  /// This bar, counted from the first of the window; below 0 before it.
  @inlinable public var bar: Int { now - windowStart }

  /// Number of bars that can be seen, this one included.
  @inlinable public var barCount: Int { now - first + 1 }

  /// Start of this bar, in nanoseconds since 1970-01-01 UTC.
  @inlinable public var timeNs: Int64 { times[now] }

  /// A field's value some bars ago.
  @inlinable
  public func value(_ field: Field, symbol: Int = 0, lag: Int = 0) -> Double {
    precondition(lag >= 0, "a lag counts bars back")
    precondition(symbol >= 0 && symbol < symbolCount, "no such symbol")
    guard lag <= now - first, let values = fields[field.index] else { return .nan }
    return values[(now - lag) * stride + columns[symbol]]
  }

  /// First price of a bar.
  @inlinable public func open(_ symbol: Int = 0, lag: Int = 0) -> Double {
    value(.open, symbol: symbol, lag: lag)
  }
  /// Highest price of a bar.
  @inlinable public func high(_ symbol: Int = 0, lag: Int = 0) -> Double {
    value(.high, symbol: symbol, lag: lag)
  }
  /// Lowest price of a bar.
  @inlinable public func low(_ symbol: Int = 0, lag: Int = 0) -> Double {
    value(.low, symbol: symbol, lag: lag)
  }
  /// Last price of a bar.
  @inlinable public func close(_ symbol: Int = 0, lag: Int = 0) -> Double {
    value(.close, symbol: symbol, lag: lag)
  }
  /// Units traded in a bar.
  @inlinable public func volume(_ symbol: Int = 0, lag: Int = 0) -> Double {
    value(.volume, symbol: symbol, lag: lag)
  }

  /// Folds the last bars of a field, oldest first; nothing is copied.
  ///
  /// - Parameters:
  ///   - bars: how many, above 0; those before the first bar that can be seen come as NaN.
  ///   - lag: bars that are left out at the end.
  @inlinable
  public func fold<Result>(
    _ field: Field, symbol: Int = 0, bars: Int, lag: Int = 0, _ initial: Result,
    _ next: (Result, Double) -> Result
  ) -> Result {
    precondition(lag >= 0, "a lag counts bars back")
    precondition(symbol >= 0 && symbol < symbolCount, "no such symbol")
    let end = now - lag + 1
    var result = initial
    guard let values = fields[field.index], end - bars >= first else { return next(result, .nan) }
    var place = (end - bars) * stride + columns[symbol]
    for _ in 0..<bars {
      result = next(result, values[place])
      place += stride
    }
    return result
  }

  /// Sum of the last bars of a field; NaN if one is missing.
  ///
  /// Sixteen bars are added at a time, the oldest first, then what is left in halves, so that a long window costs little. The
  /// order is the same for any panel.
  @inlinable
  public func sum(_ field: Field, symbol: Int = 0, bars: Int, lag: Int = 0) -> Double {
    precondition(lag >= 0, "a lag counts bars back")
    precondition(symbol >= 0 && symbol < symbolCount, "no such symbol")
    let start = now - lag + 1 - bars
    guard let values = fields[field.index], start >= first else { return .nan }
    var place = values + start * stride + columns[symbol]
    var left = bars
    var sixteen = SIMD16<Double>.zero
    while left >= 16 {
      sixteen += load(&place)
      left -= 16
    }
    var eight = sixteen.lowHalf + sixteen.highHalf
    if left & 8 != 0 { eight += load(&place) }
    var four = eight.lowHalf + eight.highHalf
    if left & 4 != 0 { four += load(&place) }
    var two = four.lowHalf + four.highHalf
    if left & 2 != 0 { two += load(&place) }
    var sum = two[0] + two[1]
    if left & 1 != 0 { sum += place.pointee }
    return sum
  }

  /// The values of some bars, and the place of the next.
  @inlinable
  @inline(__always)
  func load<Bars: SIMD>(_ place: inout UnsafePointer<Double>) -> Bars where Bars.Scalar == Double {
    defer { place += Bars.scalarCount * stride }
    if stride == 1 { return UnsafeRawPointer(place).loadUnaligned(as: Bars.self) }
    var values = Bars()
    for bar in 0..<Bars.scalarCount { values[bar] = place[bar * stride] }
    return values
  }

  /// Mean of the last bars of a field; NaN if one is missing.
  @inlinable
  public func mean(_ field: Field, symbol: Int = 0, bars: Int, lag: Int = 0) -> Double {
    sum(field, symbol: symbol, bars: bars, lag: lag) / Double(bars)
  }

  /// Highest of the last bars of a field; NaN if one is missing.
  @inlinable
  public func highest(_ field: Field, symbol: Int = 0, bars: Int, lag: Int = 0) -> Double {
    fold(field, symbol: symbol, bars: bars, lag: lag, -Double.infinity) {
      $1 > $0 || $1.isNaN ? $1 : $0
    }
  }

  /// Lowest of the last bars of a field; NaN if one is missing.
  @inlinable
  public func lowest(_ field: Field, symbol: Int = 0, bars: Int, lag: Int = 0) -> Double {
    fold(field, symbol: symbol, bars: bars, lag: lag, Double.infinity) {
      $1 < $0 || $1.isNaN ? $1 : $0
    }
  }

  /// Units held; negative when short, 0 when flat.
  @inlinable
  public func units(_ symbol: Int = 0) -> Double {
    precondition(symbol >= 0 && symbol < symbolCount, "no such symbol")
    return positions[symbol].units
  }

  /// Average price paid or received for what is held; NaN when flat.
  @inlinable
  public func averagePrice(_ symbol: Int = 0) -> Double {
    precondition(symbol >= 0 && symbol < symbolCount, "no such symbol")
    return positions[symbol].averagePrice
  }

  /// Bars since the position was opened, 0 at the bar of its first fill; -1 when flat.
  @inlinable
  public func barsHeld(_ symbol: Int = 0) -> Int {
    precondition(symbol >= 0 && symbol < symbolCount, "no such symbol")
    return positions[symbol].units == 0 ? -1 : bar - positions[symbol].entryBar
  }

  /// Whether an order has not ended.
  @inlinable
  public func isOpen(_ order: OrderID) -> Bool { openOrders.contains(order) }

  /// The last close that is known; NaN before the first.
  @inlinable
  public func lastClose(_ symbol: Int = 0) -> Double {
    for lag in 0..<barCount {
      let price = close(symbol, lag: lag)
      if !price.isNaN { return price }
    }
    return .nan
  }
}

/// What the account holds of one symbol, as the ledger and the bars so far tell.
@usableFromInline
struct PositionState: BitwiseCopyable {
  @usableFromInline var units = 0.0
  @usableFromInline var averagePrice = Double.nan
  @usableFromInline var entryBar = 0

  init() {}
}
