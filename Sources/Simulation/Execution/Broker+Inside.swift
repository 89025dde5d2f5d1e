import Kernels

extension Broker {
  /// What happens between the open and the close: limits, stops and trails of each symbol, by the rule of the run.
  ///
  /// Symbols follow each other by the number of their first order, since nothing tells the order of events between them.
  mutating func inside() {
    var place = 0
    while place < orders.count {
      let symbol = orders[place].order.symbol
      if orders[place].state == .open, walkedBar.base[symbol] != bar, trades(symbol) {
        walkedBar.base[symbol] = bar
        if rules.intrabar == .finer, let bars = feed.finerBars(bar: bar, symbol: symbol) {
          walkFiner(symbol, bars)
        } else {
          if rules.intrabar == .finer, ledger.watchesMargin { liquidate() }
          if mayAct(symbol) {
            var path = BarPath(
              rule: rules.intrabar, open: opens.base[symbol], high: highs.base[symbol],
              low: lows.base[symbol], close: closes.base[symbol])
            walk(symbol, &path)
          }
          trail(symbol, high: highs.base[symbol], low: lows.base[symbol])
        }
      }
      place += 1
    }
    if rules.intrabar == .finer, ledger.watchesMargin { liquidateWithoutOrders() }
  }

  /// Whether the bar reaches any order of a symbol, or may once a trailing stop is moved.
  @inline(__always)
  private func mayAct(_ symbol: Int) -> Bool {
    let (high, low) = (highs.base[symbol], lows.base[symbol])
    let isPath = rules.intrabar == .highFirst || rules.intrabar == .lowFirst
    for place in orders.indices where orders[place].order.symbol == symbol {
      if orders[place].state != .open { continue }
      if isPath && orders[place].trails { return true }
      let (stop, limit) = (orders[place].stop, orders[place].limit)
      let isBuy = side(orders[place], price: low) > 0
      if !stop.isNaN {
        if isBuy ? high >= stop : low <= stop { return true }
      } else if isBuy ? low <= limit : high >= limit {
        return true
      }
    }
    return false
  }

  /// Follows the path through a bar, or what is left of it.
  mutating func walk(_ symbol: Int, _ path: inout BarPath) {
    while !path.isOver {
      let side = ledger.units(symbol)
      let end: BarPath.End
      let event: Event?
      if side == 0, path.rule != .highFirst, path.rule != .lowFirst {
        (event, end) = nearest(symbol, path)
      } else {
        end = path.next(side: side)
        event = next(symbol, path, end)
      }
      guard let event else {
        path.reach(end)
        raise(symbol, path, end)
        continue
      }
      let before = path.price
      path.price = event.level
      let wasFlat = side == 0
      let isStopLimit = !orders[event.place].stop.isNaN && !orders[event.place].limit.isNaN
      if !isStopLimit { countAmbiguous(symbol, event.place, path, from: before, towards: end) }
      let awake = orders[event.place].filled == 0 && !isStopLimit
      if !act(event.place, at: event.level) { orders[event.place].restingBar = bar }
      let now = ledger.units(symbol)
      let isNew = now != 0 && (wasFlat || (now > 0) != (side > 0))
      if isNew || isStopLimit && wasFlat { path.enter(towards: end) }
      if awake { bound(children: orders[event.place].id, path) }
      if now != 0, now != side {
        countPossible(symbol, path)
        liquidateInside(symbol, &path)
      }
    }
  }

  private struct Event {
    var place: Int
    var level: Double
  }

  /// The first order that acts on the way to an end; of several at one price the one that reduces, then by number.
  private func next(_ symbol: Int, _ path: BarPath, _ end: BarPath.End) -> Event? {
    let target = path.price(of: end)
    var best: Event?
    var least = Double.infinity
    var bestOpens = true
    let held = ledger.units(symbol)
    for place in orders.indices where orders[place].order.symbol == symbol {
      if orders[place].state != .open || orders[place].restingBar == bar { continue }
      if orders[place].isImmediate && rules.fill != .nextOpen { continue }
      let side = side(orders[place], price: path.price)
      let level = orders[place].level(
        side: side, from: path.price, to: target, touch: rules.limitTouch)
      if level.isNaN || side == 0 { continue }
      let distance = (level - path.price).magnitude
      let opens = side * held >= 0
      if distance < least || distance == least && bestOpens && !opens {
        least = distance
        best = Event(place: place, level: level)
        bestOpens = opens
      }
    }
    return best
  }

  /// While flat: the order nearest to the price in either direction, and where it lies.
  private func nearest(_ symbol: Int, _ path: BarPath) -> (Event?, BarPath.End) {
    // What may lie behind fills nothing, unless all that may be is.
    let isFar = { (ahead: BarPath.Ahead) in
      ahead == .done || ahead == .possible && path.rule != .best
    }
    let up = isFar(path.highAhead) ? nil : next(symbol, path, .high)
    let down = isFar(path.lowAhead) ? nil : next(symbol, path, .low)
    switch (up, down) {
    case (let up?, let down?):
      return up.level - path.price <= path.price - down.level ? (up, .high) : (down, .low)
    case (let up?, nil): return (up, .high)
    case (nil, let down?): return (down, .low)
    case (nil, nil): return (next(symbol, path, .close), .close)
    }
  }

  /// Counts a bar whose outcome another order would have changed, had the other extreme come first.
  private mutating func countAmbiguous(
    _ symbol: Int, _ acting: Int, _ path: BarPath, from start: Double, towards end: BarPath.End
  ) {
    if ambiguousBar.base[symbol] == bar || end == .close { return }
    let other = end == .high ? BarPath.End.low : .high
    if path.ahead(other) == .done { return }
    let extreme = path.price(of: other)
    for place in orders.indices where place != acting && orders[place].order.symbol == symbol {
      var order = orders[place]
      if order.state != .open || order.restingBar == bar { continue }
      let side = side(order, price: path.price)
      if side == 0 { continue }
      if order.trails, BarPath.trailsEarly(path.rule, side: -side) {
        order.trail(side: side, by: side < 0 ? path.high : path.low)
      }
      if order.level(side: side, from: start, to: extreme, touch: rules.limitTouch).isNaN {
        continue
      }
      markAmbiguous(symbol)
      return
    }
  }

  /// Counts a bar in which an order is reached by an extreme that may lie before the position.
  private mutating func countPossible(_ symbol: Int, _ path: BarPath) {
    for end in [BarPath.End.high, .low] where path.ahead(end) == .possible {
      if next(symbol, path, end) != nil { markAmbiguous(symbol) }
    }
  }

  private mutating func markAmbiguous(_ symbol: Int) {
    if ambiguousBar.base[symbol] == bar { return }
    ambiguousBar.base[symbol] = bar
    ledger.summary.ambiguousBars += 1
  }

  /// A trailing stop that became live inside a bar is moved only by what lies behind its start for certain.
  private mutating func bound(children id: OrderID, _ path: BarPath) {
    for place in orders.indices where orders[place].order.parent == id && orders[place].trails {
      let side = side(orders[place], price: path.price)
      let best =
        side < 0
        ? (path.highAhead == .certain ? path.high : max(path.price, path.close))
        : (path.lowAhead == .certain ? path.low : min(path.price, path.close))
      orders[place].reach = best
    }
  }

  /// Moves trailing stops at an extreme that is known to come first.
  private mutating func raise(_ symbol: Int, _ path: BarPath, _ end: BarPath.End) {
    guard path.rule == .highFirst && end == .high || path.rule == .lowFirst && end == .low else {
      return
    }
    for place in orders.indices where orders[place].order.symbol == symbol {
      guard orders[place].state == .open, orders[place].trails else { continue }
      let side = side(orders[place], price: path.price)
      if BarPath.trailsEarly(path.rule, side: -side) {
        orders[place].trail(side: side, by: path.price)
      }
    }
  }

  /// Moves trailing stops by a bar that is over.
  mutating func trail(_ symbol: Int, high: Double, low: Double) {
    for place in orders.indices where orders[place].order.symbol == symbol {
      guard orders[place].trails, orders[place].state == .open else { continue }
      let side = side(orders[place], price: low)
      let best = orders[place].reach
      orders[place].trail(side: side, by: best.isNaN ? (side < 0 ? high : low) : best)
      orders[place].reach = .nan
    }
  }

  /// Closes a position that was opened or enlarged inside the bar, if the adverse extreme may still come.
  private mutating func liquidateInside(_ symbol: Int, _ path: inout BarPath) {
    guard ledger.watchesMargin else { return }
    let adverse: BarPath.End = ledger.units(symbol) < 0 ? .high : .low
    if path.ahead(adverse) == .done { return }
    while let next = nextLiquidation() {
      if next.symbol == symbol { path.reach(adverse) }
      liquidate(next.symbol, at: next.price)
    }
  }

  /// Follows a symbol through the shorter bars of a bar; what they reach beyond the bar itself doesn't count.
  private mutating func walkFiner(_ symbol: Int, _ bars: Range<Int>) {
    let (open, high, low, close) = (
      opens.base[symbol], highs.base[symbol], lows.base[symbol], closes.base[symbol]
    )
    for index in bars {
      guard let part = feed.finer(index, symbol: symbol, low: low, high: high) else { continue }
      opens.base[symbol] = part.open
      highs.base[symbol] = part.high
      lows.base[symbol] = part.low
      closes.base[symbol] = part.close
      gaps(of: symbol)
      if ledger.watchesMargin { liquidate() }
      var path = BarPath(
        rule: .worst, open: part.open, high: part.high, low: part.low, close: part.close)
      if mayAct(symbol) { walk(symbol, &path) }
      trail(symbol, high: part.high, low: part.low)
    }
    opens.base[symbol] = open
    highs.base[symbol] = high
    lows.base[symbol] = low
    closes.base[symbol] = close
  }

  /// Symbols that are held without any order of their own, under `finer`.
  private mutating func liquidateWithoutOrders() {
    for symbol in ledger.held where walkedBar.base[symbol] != bar { return liquidate() }
  }
}
