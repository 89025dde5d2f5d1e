import Kernels

extension Broker {
  /// Takes an order in, or refuses it.
  mutating func take(_ given: Order, _ id: OrderID) {
    watch.isKnown = false
    var order = WorkingOrder(id: id, order: given, givenBar: bar, lastBar: .max)
    let held = (0..<ledger.symbolCount).contains(given.symbol) ? ledger.units(given.symbol) : 0
    order.record = log(order, held: held)
    if let reason = fault(given, held: held) { return refuse(order, reason) }
    order.lastBar = lastBar(given.timeInForce)
    if order.lastBar < bar { return refuse(order, .expired) }
    if given.parent != .none {
      guard let parent = orders.first(where: { $0.id == given.parent }), parent.state != .ended
      else { return refuse(order, .parentEnded, status: .cancelled) }
      if parent.filled == 0 {
        order.state = .dormant
        orders.append(order)
        hasNewOrders = true
        return
      }
    }
    let close = lastClose(given.symbol)
    set(&order, anchor: ledger.averagePrice(given.symbol), start: close)
    if let reason = lotFault(&order) { return refuse(order, reason) }
    orders.append(order)
    hasNewOrders = true
  }

  /// What is wrong with an order by itself.
  private func fault(_ order: Order, held: Double) -> OrderReason? {
    guard (0..<ledger.symbolCount).contains(order.symbol) else { return .invalid }
    if ledger.hasEnded(order.symbol) { return .delisted }
    let prices: [Double] =
      switch order.kind {
      case .market, .onOpen, .onClose: []
      case .limit(let price), .stop(let price): [price]
      case .stopLimit(let stop, let limit): [stop, limit]
      case .trailingStop(.amount(let distance)), .trailingStop(.fraction(let distance)): [distance]
      }
    guard prices.allSatisfy({ isPrice($0) }) else { return .invalid }
    switch order.quantity {
    case .units(let value), .notional(let value), .fractionOfEquity(let value):
      if !value.isFinite || value == 0 { return .invalid }
    case .risk(let fraction, let distance), .riskFraction(let fraction, let distance):
      if !fraction.isFinite || fraction == 0 { return .invalid }
      if !isPrice(distance) { return .noStop }
    case .targetWeight(let value), .targetUnits(let value):
      if !value.isFinite { return .invalid }
    case .close:
      if held == 0 && order.parent == .none { return .noPosition }
    }
    return nil
  }

  private func lotFault(_ order: inout WorkingOrder) -> OrderReason? {
    guard rules.lot > 0, case .units(let units) = order.order.quantity else { return nil }
    let held = ledger.units(order.order.symbol)
    if units == -held { return nil }
    let whole = wholeLots(units)
    order.order.quantity = .units(whole)
    return whole == 0 ? .belowLot : nil
  }

  /// Whole lots towards zero; what lies within rounding of a whole number, 1e-13 of it, is one.
  ///
  /// More would buy what the cash does not pay for.
  func wholeLots(_ units: Double) -> Double {
    if rules.lot <= 0 { return units }
    let lots = units.magnitude / rules.lot
    let whole = (lots + 1e-13 * max(1, lots)).rounded(.down) * rules.lot
    return units < 0 ? -whole : whole
  }

  /// Places limit and stop, on the tick.
  ///
  /// - Parameters:
  ///   - anchor: what relative prices are multiples of.
  ///   - start: price that a trailing stop starts from.
  func set(_ order: inout WorkingOrder, anchor: Double, start: Double) {
    let scale = order.order.isRelative ? anchor : 1
    let side = side(order, price: start)
    switch order.order.kind {
    case .market: order.isMarket = true
    case .onOpen, .onClose: break
    case .limit(let price): order.limit = onTick(price * scale, up: side < 0)
    case .stop(let price): order.stop = onTick(price * scale, up: side > 0)
    case .stopLimit(let stop, let limit):
      order.stop = onTick(stop * scale, up: side > 0)
      order.limit = onTick(limit * scale, up: side < 0)
    case .trailingStop:
      order.trail(side: side, by: order.order.isRelative ? anchor : start)
    }
  }

  /// The next price on the tick; what lies within 1e-9 of a tick from one is on it.
  func onTick(_ price: Double, up: Bool) -> Double {
    if rules.tick <= 0 { return price }
    let ticks = price / rules.tick
    let nearest = ticks.rounded()
    if (ticks - nearest).magnitude <= 1e-9 * max(1, nearest) { return nearest * rules.tick }
    return ticks.rounded(up ? .up : .down) * rules.tick
  }

  private func lastBar(_ timeInForce: Order.TimeInForce) -> Int {
    switch timeInForce {
    case .gtc: .max
    case .day: feed.dayEnd(of: bar + 1)
    case .gtd(let last): last
    case .bars(let count): bar + max(1, count)
    case .ioc, .fok: bar + 1
    }
  }

  /// The last close that is known.
  func lastClose(_ symbol: Int) -> Double {
    var back = bar
    while back >= feed.firstBar {
      let close = feed.value(3, feed.place(bar: back, symbol: symbol))
      if isPrice(close) { return close }
      back -= 1
    }
    return .nan
  }

  /// Takes an order back.
  mutating func cancel(_ id: OrderID) {
    if let place = orders.firstIndex(where: { $0.id == id }) { end(place, .cancelled, .withdrawn) }
  }

  /// Takes back every order of a symbol; of all symbols for one below 0.
  mutating func cancelAll(symbol: Int, _ reason: OrderReason = .withdrawn) {
    for place in orders.indices where symbol < 0 || orders[place].order.symbol == symbol {
      end(place, .cancelled, reason)
    }
  }

  private mutating func refuse(
    _ order: WorkingOrder, _ reason: OrderReason, status: LaneRecord.Order.Status = .rejected
  ) {
    if status == .rejected {
      ledger.summary.rejectedOrders += 1
    } else {
      ledger.summary.cancelledOrders += 1
    }
    guard order.record >= 0 else { return }
    ledger.record?.orders[order.record].status = status
    ledger.record?.orders[order.record].reason = reason.name
  }

  /// Ends an order, and with it children that it never made live.
  mutating func end(
    _ place: Int, _ status: LaneRecord.Order.Status, _ reason: OrderReason = .none
  ) {
    if orders[place].state == .ended { return }
    orders[place].state = .ended
    watch.isKnown = false
    hasEnded = true
    hasNewOrders = true
    switch status {
    case .rejected: ledger.summary.rejectedOrders += 1
    case .cancelled: ledger.summary.cancelledOrders += orders[place].filled == 0 ? 1 : 0
    case .filled, .open: break
    }
    let record = orders[place].record
    if record >= 0 {
      ledger.record?.orders[record].status = status
      ledger.record?.orders[record].settledBar = status == .cancelled ? nil : bar
      if reason != .none { ledger.record?.orders[record].reason = reason.name }
      if orders[place].trails { note(prices: place) }
    }
    if orders[place].filled != 0 { return }
    let id = orders[place].id
    for child in orders.indices where orders[child].order.parent == id {
      if orders[child].state == .dormant { end(child, .cancelled, .parentEnded) }
    }
  }

  /// Writes an order down, if a record is kept.
  private mutating func log(_ order: WorkingOrder, held: Double) -> Int {
    guard let count = ledger.record?.orders.count else { return -1 }
    let given = order.order
    var kind = LaneRecord.Order.Kind.enterLong
    var units = Double.nan
    switch given.quantity {
    case .units(let value):
      units = value
      // Beside an order that closes all, one of the other side opens.
      let isLeft = orders.contains {
        $0.order.symbol == given.symbol && $0.order.quantity == .close && $0.order.parent == .none
          && $0.order.kind == .market
      }
      kind = held * value < 0 && !isLeft ? .exit : value > 0 ? .enterLong : .enterShort
    case .close: kind = .exit
    case .notional(let value), .fractionOfEquity(let value), .risk(let value, _),
      .riskFraction(let value, _):
      kind = value > 0 ? .enterLong : .enterShort
    case .targetWeight(let value), .targetUnits(let value):
      kind = value == 0 ? .exit : value > 0 ? .enterLong : .enterShort
    }
    if given.reducesOnly { kind = .exit }
    var row = LaneRecord.Order(bar: bar, kind: kind, status: .open, settledBar: nil)
    row.symbol = given.symbol
    row.type = given.kind.name
    row.units = units
    row.filledUnits = 0
    if !given.isRelative {
      switch given.kind {
      case .limit(let price): row.limit = price
      case .stop(let price): row.stop = price
      case .stopLimit(let stop, let limit): (row.stop, row.limit) = (stop, limit)
      default: break
      }
    }
    ledger.record?.orders.append(row)
    return count
  }
}
