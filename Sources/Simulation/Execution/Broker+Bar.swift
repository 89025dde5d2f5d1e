import Kernels

extension Broker {
  /// Begins a bar: what accrued, corporate actions, flows.
  @inline(__always)
  mutating func begin(elapsedNs: Int64) {
    bar += 1
    ledger.beginBar(bar, elapsedNs: elapsedNs)
    if !ledger.appliedActions.isEmpty { followActions() }
  }

  /// What happens to open orders of symbols that split or end.
  private mutating func followActions() {
    watch.isKnown = false
    for row in ledger.actionsOfBar {
      switch row.event {
      case .dividend: break
      case .split(let scale):
        for place in orders.indices where orders[place].order.symbol == row.symbol {
          orders[place].rescale(scale)
        }
        // Less than a lot was left, and is paid out.
        if positions.base[row.symbol].units != 0, ledger.units(row.symbol) == 0 {
          release(row.symbol)
        }
      case .end: cancelAll(symbol: row.symbol, .delisted)
      }
      mirror(row.symbol)
    }
  }

  /// The bar's fills up to those that its own close decides.
  @inline(__always)
  mutating func trade() {
    if orders.isEmpty && !ledger.watchesMargin || isQuiet() { return }
    tradeOrders()
    watch.isKnown = false
  }

  @inline(never)
  private mutating func tradeOrders() {
    for symbol in ledger.held { load(symbol) }
    for place in orders.indices { load(orders[place].order.symbol) }
    let fillsAtOpen = rules.fill == .nextOpen
    round(at: .open)
    gaps()
    if fillsAtOpen { cancelImmediate() }
    if ledger.watchesMargin && rules.intrabar != .finer { liquidate() }
    inside()
    round(at: .close)
    if !fillsAtOpen {
      for place in orders.indices { settleImmediate(place) }
      cancelImmediate()
    }
  }

  /// `end` is the close after the decision of the bar, for runs that fill at the same close.
  enum Moment { case open, close, end }

  /// Fills market orders and those for the moment: what reduces first, then what opens, each by number.
  private mutating func round(at moment: Moment) {
    var count = 0
    for place in orders.indices where isDue(place, moment) { count += 1 }
    if count == 0 { return }
    for symbol in ledger.held { ledger.setMark(price(symbol, moment), of: symbol) }
    weightBase = ledger.currentEquity
    for opens in [false, true] {
      var place = 0
      while place < orders.count {
        if isDue(place, moment) {
          let symbol = orders[place].order.symbol
          let price = price(symbol, moment)
          let isOpening = side(orders[place], price: price) * ledger.units(symbol) >= 0
          if isOpening == opens { _ = execute(place, at: price, isLimit: false) }
        }
        place += 1
      }
    }
    weightBase = .nan
  }

  @inline(__always)
  private func price(_ symbol: Int, _ moment: Moment) -> Double {
    moment == .open || opens.base[symbol].isNaN ? opens.base[symbol] : closes.base[symbol]
  }

  /// Whether an order fills at a moment of this bar whatever the price.
  @inline(__always)
  private func isDue(_ place: Int, _ moment: Moment) -> Bool {
    if orders[place].state != .open || orders[place].restingBar == bar
      || !trades(orders[place].order.symbol)
    {
      return false
    }
    let isNew = orders[place].givenBar == bar
    if orders[place].isMarket {
      switch rules.fill {
      case .nextOpen: return moment == .open && !isNew
      case .nextClose: return moment == .close && !isNew
      case .sameClose: return moment == .end
      }
    }
    switch orders[place].order.kind {
    case .onOpen: return moment == .open && !isNew
    case .onClose: return moment == .close && !isNew
    default: return false
    }
  }

  /// Fills what the open is beyond: stops as market orders, limits as better than asked.
  mutating func gaps(of symbol: Int = -1) {
    var isChanged = true
    while isChanged {
      isChanged = false
      for opens in [false, true] {
        var place = 0
        while place < orders.count {
          let isAsked = symbol < 0 || orders[place].order.symbol == symbol
          if isAsked, gap(place, opens: opens) { isChanged = true }
          place += 1
        }
      }
    }
  }

  private mutating func gap(_ place: Int, opens wanted: Bool) -> Bool {
    let symbol = orders[place].order.symbol
    if orders[place].state != .open || orders[place].restingBar == bar || !trades(symbol) {
      return false
    }
    if orders[place].isImmediate && rules.fill != .nextOpen { return false }
    let open = opens.base[symbol]
    let side = side(orders[place], price: open)
    let isOpening = side * ledger.units(symbol) >= 0
    if isOpening != wanted || side == 0 { return false }
    let touch = rules.limitTouch
    if orders[place].level(side: side, from: open, to: open, touch: touch).isNaN { return false }
    // A stop beyond the price of liquidation never acts.
    let stop = orders[place].stop
    if !isOpening && !stop.isNaN && isBeyondLiquidation(stop, symbol) { return false }
    return act(place, at: open)
  }

  private func isBeyondLiquidation(_ stop: Double, _ symbol: Int) -> Bool {
    guard ledger.watchesMargin, ledger.held.count == 1 else { return false }
    let level = ledger.liquidationPrice(symbol)
    return ledger.units(symbol) < 0 ? stop >= level : stop <= level
  }

  /// Lets an order act at a price: it fills, or a stop-limit becomes a limit.
  ///
  /// - Returns: whether anything changed.
  mutating func act(_ place: Int, at price: Double) -> Bool {
    if !orders[place].stop.isNaN, !orders[place].limit.isNaN {
      orders[place].stop = .nan
      return true
    }
    let isLimit = orders[place].stop.isNaN
    let count = ledger.summary.rejectedOrders + ledger.summary.cancelledOrders
    let isFilled = execute(place, at: price, isLimit: isLimit)
    return isFilled
      || count != ledger.summary.rejectedOrders + ledger.summary.cancelledOrders
  }

  /// Closes positions whose collateral the bar's adverse extremes use up, at these.
  mutating func liquidate() {
    while ledger.watchesMargin {
      guard let next = nextLiquidation() else { return }
      liquidate(next.symbol, at: next.price)
    }
  }

  mutating func liquidate(_ symbol: Int, at price: Double) {
    let units = -ledger.units(symbol)
    let fillPrice = slipped(price, units, symbol, false)
    let commission = rules.commission.charge(
      units: units, price: fillPrice * ledger.rate(symbol))
    ledger.fill(
      symbol: symbol, units: units, price: price, fillPrice: fillPrice, commission: commission,
      cause: .liquidation, bar: bar)
    ledger.summary.liquidations += 1
    // What is left of an entry would open anew what was just closed.
    for place in orders.indices where orders[place].order.symbol == symbol {
      if orders[place].filled * units < 0 { end(place, .cancelled, .positionClosed) }
    }
    release(symbol)
    mirror(symbol)
  }

  func nextLiquidation() -> (symbol: Int, price: Double)? {
    guard ledger.held.count == 1 else {
      return ledger.nextLiquidation(lows: lows.base, highs: highs.base)
    }
    let symbol = ledger.held[0]
    if !trades(symbol) { return nil }
    let level = ledger.liquidationPrice(symbol)
    if ledger.units(symbol) < 0 {
      return highs.base[symbol] >= level ? (symbol, highs.base[symbol]) : nil
    }
    return lows.base[symbol] <= level ? (symbol, lows.base[symbol]) : nil
  }

  /// The only moment of a limit or stop in a run that fills at closes.
  private mutating func settleImmediate(_ place: Int) {
    let order = orders[place]
    let symbol = order.order.symbol
    guard order.isImmediate, order.state == .open, order.givenBar < bar, trades(symbol) else {
      return
    }
    let close = closes.base[symbol]
    let side = side(order, price: close)
    if order.level(side: side, from: close, to: close, touch: rules.limitTouch).isNaN { return }
    while orders[place].state == .open, orders[place].restingBar != bar {
      let isStopLimit = !orders[place].stop.isNaN && !orders[place].limit.isNaN
      _ = act(place, at: close)
      let side = self.side(orders[place], price: close)
      let touch = rules.limitTouch
      let level = orders[place].level(side: side, from: close, to: close, touch: touch)
      if !isStopLimit || level.isNaN { return }
    }
  }

  /// What could not fill at its only moment ends.
  private mutating func cancelImmediate() {
    for place in orders.indices where orders[place].isImmediate {
      if orders[place].state == .open && orders[place].givenBar < bar {
        end(place, .cancelled, .notAtOnce)
      }
    }
  }

  /// Fills what the bar's own close decided, for runs that fill at the same close.
  mutating func tradeSameClose() {
    if orders.isEmpty { return }
    for symbol in ledger.held { load(symbol) }
    for place in orders.indices { load(orders[place].order.symbol) }
    watch.isKnown = false
    round(at: .end)
    for place in orders.indices where orders[place].isImmediate && orders[place].isMarket {
      if orders[place].state == .open { end(place, .cancelled, .notAtOnce) }
    }
  }

  /// Values what is held at the bar's closes, before a decision that still fills at them.
  mutating func markAtClose() {
    for symbol in ledger.held {
      loadClose(symbol)
      ledger.setMark(closes.base[symbol], of: symbol)
    }
  }

  /// Ends a bar: equity, expiry, and orders that ended leave.
  @inline(__always)
  mutating func finish() {
    // By index, which keeps no hold on the array.
    for place in ledger.held.indices { loadClose(ledger.held[place]) }
    ledger.endBar(bar, closes: closes.base)
    if orders.isEmpty { return }
    let isSame = watch.isKnown && !watch.isBusy && !hasEnded && !ledger.isRuined
    if !isSame || watch.expiry <= bar { sweep() }
  }

  @inline(never)
  mutating func sweep() {
    if ledger.isRuined { cancelAll(symbol: -1, .ruined) }
    for place in orders.indices where orders[place].lastBar <= bar {
      if orders[place].state != .ended { end(place, .cancelled, .expired) }
    }
    prune()
  }

  /// Takes out orders that ended.
  mutating func prune() {
    if !hasEnded { return }
    hasEnded = false
    orders.removeAll { $0.state == .ended }
  }
}
