import Kernels

/// Signals, levels and terms of one lane, as a strategy under the rule book.
///
/// While flat, one of the two entries opens; both at once open nothing, which is counted. While a position is held only its exit
/// counts, then its longest holding time, then the opposite entry if the lane reverses, then further entries of the same side.
/// Nothing is decided while a market order waits for a bar that trades. An entry that waits for a price is renewed by the
/// next signal and taken back by an exit of its side.
struct SignalTrader: Strategy {
  // Pointers are good for a block, during which only its worker uses the value.
  nonisolated(unsafe) private var signals: SignalPointers?
  nonisolated(unsafe) private var levels = LaneLevels()
  private var blockStart = 0
  private let mask: UInt64
  private let terms: LaneTerms
  private let timeInForce: Order.TimeInForce
  private let fillsAtSameClose: Bool

  private var entry = OrderID.none
  private var entrySide = 0.0
  private var entryWaitsForPrice = false
  private var exit = OrderID.none
  private var limit = OrderID.none
  private var limitPrice = Double.nan
  private var entries = 0.0
  /// The entry that was counted last.
  private var counted = OrderID.none
  private var unitsBefore = 0.0
  private var trips = 0
  private var lastExit = -1 << 40
  /// Bars at which both entries were signalled while flat.
  private(set) var conflicts = 0

  var warmupBars: Int { 0 }

  init(
    terms: LaneTerms, placeInBundle: Int, timeInForce: Order.TimeInForce, fill: FillMoment
  ) {
    self.terms = terms
    self.timeInForce = timeInForce
    mask = 1 << UInt64(placeInBundle)
    fillsAtSameClose = fill == .sameClose
  }

  /// Turns to a block of bars; its first counts from the first of the window.
  mutating func begin(block: Int, _ signals: SignalPointers, _ levels: LaneLevels) {
    blockStart = block
    self.signals = signals
    self.levels = levels
  }

  @inline(__always)
  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    guard let signals else { return }
    let bar = view.bar - blockStart
    let longEntry = signals.longEntry[bar] & mask != 0
    let shortEntry = signals.shortEntry[bar] & mask != 0
    let units = view.units()
    let isIdle =
      units == 0 && !longEntry && !shortEntry && entry == .none && view.closedTrades == trips
    if isIdle { return }
    let longExit = signals.longExit[bar] & mask != 0
    let shortExit = signals.shortExit[bar] & mask != 0
    follow(view, units)
    if units == 0 {
      // What was left of an entry when its position was closed.
      if entry != .none, entry == counted { withdraw(&desk) }
      if entry != .none {
        if !entryWaitsForPrice { return }
        let side = entrySide
        let isRenewed = longEntry != shortEntry
        if isRenewed || (side > 0 ? longExit : shortExit) { withdraw(&desk) }
        if isRenewed { enter(longEntry ? 1 : -1, bar, view, &desk, isFirst: true) }
        return
      }
      if view.bar < lastExit + Int(min(terms.reentryDelay, 1e12)) { return }
      if longEntry && shortEntry {
        conflicts += 1
      } else if longEntry || shortEntry {
        enter(longEntry ? 1 : -1, bar, view, &desk, isFirst: true)
      }
      return
    }
    hold(
      view, &desk, bar, units, exits: units > 0 ? longExit : shortExit,
      adds: units > 0 ? longEntry : shortEntry, turns: units > 0 ? shortEntry : longEntry)
  }

  /// Brings what is known of orders and position up to the bar.
  private mutating func follow(_ view: borrowing BarView, _ units: Double) {
    if view.closedTrades != trips {
      trips = view.closedTrades
      lastExit = view.bar
      entries = 0
    }
    if units == 0 {
      limit = .none
      entries = 0
    } else if unitsBefore == 0 || (units > 0) != (unitsBefore > 0) {
      entries = 1
      counted = entry
    } else if units.magnitude > unitsBefore.magnitude, entry != .none, entry != counted {
      // Further parts of an entry, splits and reinvested dividends are none.
      entries += 1
      counted = entry
    }
    unitsBefore = units
    if entry != .none, !view.isOpen(entry) { entry = .none }
    if exit != .none, !view.isOpen(exit) { exit = .none }
  }

  /// Decides while a position is held.
  private mutating func hold(
    _ view: borrowing BarView, _ desk: inout OrderDesk, _ bar: Int, _ units: Double, exits: Bool,
    adds: Bool, turns: Bool
  ) {
    if exit != .none { return }
    let age = Double(view.barsHeld() + (fillsAtSameClose ? 0 : 1))
    if exits || age >= terms.maxBars {
      withdraw(&desk)
      exit = desk.close()
      return
    }
    if terms.reverses && turns && !adds {
      withdraw(&desk)
      exit = desk.close()
      enter(units > 0 ? -1 : 1, bar, view, &desk, isFirst: true)
      return
    }
    if adds && !turns && entries < terms.pyramid {
      if entry != .none, entryWaitsForPrice { withdraw(&desk) }
      if entry == .none { enter(units > 0 ? 1 : -1, bar, view, &desk, isFirst: false) }
    }
    guard let column = levels.exitLimit else { return }
    let price = column[bar]
    if limit != .none, view.isOpen(limit) {
      if price == limitPrice { return }
      desk.cancel(limit)
    }
    limit = price > 0 ? desk.close(.limit(price)) : .none
    limitPrice = price
  }

  /// Takes back an entry that waits.
  private mutating func withdraw(_ desk: inout OrderDesk) {
    if entry != .none { desk.cancel(entry) }
    entry = .none
  }

  /// Gives an order to open or add, with its exits.
  private mutating func enter(
    _ side: Double, _ bar: Int, _ view: borrowing BarView, _ desk: inout OrderDesk, isFirst: Bool
  ) {
    let size = levels.size?[bar] ?? (terms.sizing == .fraction ? terms.fraction : terms.size)
    guard size > 0 else { return }
    let stop = levels.entryStop?[bar]
    let limit = levels.entryLimit?[bar]
    if stop?.isNaN ?? false || limit?.isNaN ?? false { return }
    let kind: Order.Kind
    switch (stop, limit) {
    case (nil, nil): kind = .market
    case (let stop?, nil): kind = .stop(stop)
    case (nil, let limit?): kind = .limit(limit)
    case (let stop?, let limit?): kind = .stopLimit(stop: stop, limit: limit)
    }
    let quantity: Order.Quantity =
      switch terms.sizing {
      case .fraction: .fractionOfEquity(side * size)
      case .units: .units(side * size)
      case .notional: .notional(side * size)
      case .risk: .riskFraction(fraction: side * size, distance: terms.stopLoss)
      }
    entryWaitsForPrice = kind != .market
    entrySide = side
    entry = desk.submit(
      Order(
        quantity, kind, timeInForce: entryWaitsForPrice ? timeInForce : .gtc, addsOnly: !isFirst))
    if isFirst { protect(side, bar, &desk) }
  }

  /// Exits that become live with the entry.
  private mutating func protect(_ side: Double, _ bar: Int, _ desk: inout OrderDesk) {
    limit = .none
    let level = levels.exitLimit?[bar] ?? .nan
    let hasNone =
      min(terms.stopLoss, terms.takeProfit, terms.trailingStop) == .infinity && !(level > 0)
    if hasNone { return }
    let group = desk.newGroup()
    func child(_ kind: Order.Kind, isRelative: Bool, _ desk: inout OrderDesk) -> OrderID {
      desk.submit(
        Order(
          .close, kind, reducesOnly: true, group: group, parent: entry, isRelative: isRelative))
    }
    if terms.stopLoss < .infinity {
      _ = child(.stop(1 - side * terms.stopLoss), isRelative: true, &desk)
    }
    if terms.trailingStop < .infinity {
      _ = child(.trailingStop(.fraction(terms.trailingStop)), isRelative: true, &desk)
    }
    let target = 1 + side * terms.takeProfit
    if target > 0, target < .infinity { _ = child(.limit(target), isRelative: true, &desk) }
    if level > 0 {
      limit = child(.limit(level), isRelative: false, &desk)
      limitPrice = level
    }
  }
}
