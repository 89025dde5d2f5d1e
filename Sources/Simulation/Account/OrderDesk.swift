/// Where a strategy leaves its orders; they reach the market after the bar at which they are given.
public struct OrderDesk: ~Copyable {
  /// What was asked for, in order.
  @usableFromInline
  enum Request: BitwiseCopyable {
    case submit(Order, OrderID)
    case cancel(OrderID)
    case cancelAll(symbol: Int)
  }

  @usableFromInline var requests: [Request] = []
  @usableFromInline var lastID = 0
  @usableFromInline var lastGroup = 0
  @usableFromInline let symbolCount: Int

  @usableFromInline
  init(symbolCount: Int) {
    self.symbolCount = symbolCount
    requests.reserveCapacity(16)
  }

  /// Hands an order in.
  ///
  /// One that can't be accepted is recorded with its reason.
  @inlinable
  @discardableResult
  public mutating func submit(_ order: Order) -> OrderID {
    lastID += 1
    let id = OrderID(rawValue: lastID)
    requests.append(.submit(order, id))
    return id
  }

  /// Buys units, at market unless a kind is given.
  @inlinable
  @discardableResult
  public mutating func buy(
    _ units: Double, symbol: Int = 0, _ kind: Order.Kind = .market,
    timeInForce: Order.TimeInForce = .gtc
  ) -> OrderID {
    submit(Order(.units(units), symbol: symbol, kind, timeInForce: timeInForce))
  }

  /// Sells units, at market unless a kind is given; what exceeds the position opens a short one.
  @inlinable
  @discardableResult
  public mutating func sell(
    _ units: Double, symbol: Int = 0, _ kind: Order.Kind = .market,
    timeInForce: Order.TimeInForce = .gtc
  ) -> OrderID {
    submit(Order(.units(-units), symbol: symbol, kind, timeInForce: timeInForce))
  }

  /// Closes the position, at market unless a kind is given.
  @inlinable
  @discardableResult
  public mutating func close(
    symbol: Int = 0, _ kind: Order.Kind = .market, timeInForce: Order.TimeInForce = .gtc
  ) -> OrderID {
    submit(Order(.close, symbol: symbol, kind, timeInForce: timeInForce, reducesOnly: true))
  }

  /// Moves the position to a fraction of equity, at market; negative for a short position.
  @inlinable
  @discardableResult
  public mutating func target(weight: Double, symbol: Int = 0) -> OrderID {
    submit(Order(.targetWeight(weight), symbol: symbol))
  }

  /// Moves every position to its fraction of equity, at market, sells before buys.
  ///
  /// - Parameter weights: `[N]` fractions of equity; NaN leaves a position as it is.
  @inlinable
  public mutating func targets(_ weights: [Double]) {
    precondition(weights.count == symbolCount, "a weight for each symbol")
    for (symbol, weight) in weights.enumerated() where !weight.isNaN {
      target(weight: weight, symbol: symbol)
    }
  }

  /// Hands in an entry, and exits that become live with its first fill and cancel each other.
  ///
  /// - Parameters:
  ///   - entry: the order that opens the position.
  ///   - stop: price of the stop.
  ///   - target: price of the limit.
  ///   - trailing: distance in money of a trailing stop.
  @inlinable
  @discardableResult
  public mutating func bracket(
    _ entry: Order, stop: Double? = nil, target: Double? = nil, trailing: Double? = nil
  ) -> OrderID {
    let id = submit(entry)
    let group = newGroup()
    if let stop { protect(id, entry, .stop(stop), group, isRelative: false) }
    if let trailing {
      protect(id, entry, .trailingStop(.amount(trailing)), group, isRelative: false)
    }
    if let target { protect(id, entry, .limit(target), group, isRelative: false) }
    return id
  }

  /// The same with distances as fractions of the price paid or received at the entry.
  @inlinable
  @discardableResult
  public mutating func bracket(
    _ entry: Order, isLong: Bool, stopFraction: Double? = nil, targetFraction: Double? = nil,
    trailingFraction: Double? = nil
  ) -> OrderID {
    let id = submit(entry)
    let group = newGroup()
    let side = isLong ? 1.0 : -1.0
    if let stopFraction {
      protect(id, entry, .stop(1 - side * stopFraction), group, isRelative: true)
    }
    if let trailingFraction {
      protect(id, entry, .trailingStop(.fraction(trailingFraction)), group, isRelative: true)
    }
    if let targetFraction {
      protect(id, entry, .limit(1 + side * targetFraction), group, isRelative: true)
    }
    return id
  }

  @inlinable
  mutating func protect(
    _ parent: OrderID, _ entry: Order, _ kind: Order.Kind, _ group: Int, isRelative: Bool
  ) {
    submit(
      Order(
        .close, symbol: entry.symbol, kind, reducesOnly: true, group: group, parent: parent,
        isRelative: isRelative, tag: entry.tag))
  }

  /// Hands in orders that cancel each other when one of them fills.
  @inlinable
  public mutating func oneCancelsOther(_ orders: [Order]) {
    let group = newGroup()
    for var order in orders {
      order.group = group
      submit(order)
    }
  }

  /// A number for orders that cancel each other.
  @inlinable
  public mutating func newGroup() -> Int {
    lastGroup += 1
    return lastGroup
  }

  /// Takes an order back; one that is no longer open stays as it is.
  @inlinable
  public mutating func cancel(_ id: OrderID) { requests.append(.cancel(id)) }

  /// Takes back every open order of a symbol.
  @inlinable
  public mutating func cancelAll(symbol: Int) { requests.append(.cancelAll(symbol: symbol)) }

  /// Takes back every open order.
  @inlinable
  public mutating func cancelAll() { requests.append(.cancelAll(symbol: -1)) }
}
