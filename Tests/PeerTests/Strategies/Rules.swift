import Simulation

/// Where a price crosses its average; equal and undefined bars hold the side.
struct Crossing {
  let bars: Int
  private var side = 0
  private(set) var rises = false
  private(set) var falls = false

  init(bars: Int) { self.bars = bars }

  mutating func see(_ view: borrowing BarView) {
    let close = view.close()
    let average = view.mean(.close, bars: bars)
    rises = false
    falls = false
    guard close != average, !average.isNaN else { return }
    let now = close > average ? 1 : -1
    rises = side < 0 && now > 0
    falls = side > 0 && now < 0
    side = now
  }
}

/// Entries above the highest of the 100 closes before, exits below the lowest of the 50 before.
struct Breakout: Strategy {
  let entry: Order
  var warmupBars: Int { 0 }

  init(_ entry: Order) { self.entry = entry }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    if view.units() == 0 {
      if view.close() > view.highest(.close, bars: 100, lag: 1) { desk.submit(entry) }
    } else if view.close() < view.lowest(.close, bars: 50, lag: 1) {
      desk.close()
    }
  }
}

/// An entry by an order that waits when the close rises above its average; out, and back with it, when it falls below.
struct PatientEntry: Strategy {
  enum Way {
    /// At 2 % below the close.
    case limit
    /// At 2 % below the close, for five bars.
    case limitGoodTillDate
    /// Above the highest high of 20 bars.
    case stop
    /// Above the highest high of 20 bars, at most 0.5 % more.
    case stopLimit
  }

  let units: Double
  let way: Way
  private var crossing = Crossing(bars: 100)
  var warmupBars: Int { 0 }

  init(units: Double, _ way: Way) {
    self.units = units
    self.way = way
  }

  mutating func observe(_ view: borrowing BarView) { crossing.see(view) }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    crossing.see(view)
    if crossing.rises, view.units() == 0, view.openOrders.isEmpty {
      let highest = view.highest(.high, bars: 20)
      switch way {
      case .limit: desk.buy(units, .limit(view.close() * 0.98))
      case .limitGoodTillDate:
        desk.buy(units, .limit(view.close() * 0.98), timeInForce: .gtd(bar: view.bar + 5))
      case .stop: desk.buy(units, .stop(highest))
      case .stopLimit: desk.buy(units, .stopLimit(stop: highest, limit: highest * 1.005))
      }
    } else if crossing.falls {
      desk.cancelAll()
      if view.units() != 0 { desk.close() }
    }
  }
}

/// In by a stop above, out by a stop below; both wait.
struct StopIn: Strategy {
  let units: Double
  private var crossing = Crossing(bars: 100)
  var warmupBars: Int { 0 }

  init(units: Double) { self.units = units }

  mutating func observe(_ view: borrowing BarView) { crossing.see(view) }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    crossing.see(view)
    if crossing.rises, view.units() == 0, view.openOrders.isEmpty {
      desk.buy(units, .stop(view.highest(.high, bars: 20)))
    } else if view.units() != 0, view.openOrders.isEmpty {
      desk.sell(units, .stop(view.lowest(.low, bars: 20)))
    } else if crossing.falls, view.units() == 0 {
      desk.cancelAll()
    }
  }
}

/// Whichever comes first, going in and going out.
struct OneCancelsOther: Strategy {
  let units: Double
  private var crossing = Crossing(bars: 100)
  var warmupBars: Int { 0 }

  init(units: Double) { self.units = units }

  mutating func observe(_ view: borrowing BarView) { crossing.see(view) }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    crossing.see(view)
    let close = view.close()
    if crossing.rises, view.units() == 0, view.openOrders.isEmpty {
      desk.oneCancelsOther([
        Order(.units(units), .limit(close * 0.95)),
        Order(.units(units), .stop(max(view.highest(.high, bars: 20), close * 1.02))),
      ])
    } else if view.units() != 0, view.openOrders.isEmpty {
      desk.oneCancelsOther([
        Order(.units(-units), .stop(close * 0.94)), Order(.units(-units), .limit(close * 1.10)),
      ])
    }
  }
}

/// A breakout with a stop that is moved by hand to 8 % below the highest close since the entry.
struct StopBelowCloses: Strategy {
  let units: Double
  private var level = 0.0
  var warmupBars: Int { 0 }

  init(units: Double) { self.units = units }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    if view.units() == 0 {
      level = 0
      if view.openOrders.isEmpty, view.close() > view.highest(.close, bars: 100, lag: 1) {
        desk.buy(units)
      }
      return
    }
    let next = view.close() * (1 - 0.08)
    if next <= level { return }
    level = next
    desk.cancelAll()
    desk.sell(units, .stop(level))
  }
}

/// Entries with a stop and a target, when the close crosses its average.
struct Brackets: Strategy {
  let units: Double
  /// Prices as fractions of the close: of a limit to enter, of the stop, of the target.
  let limit: Double?
  let stop: Double
  let target: Double
  /// Whether it sells short, mirrored, when the close falls below.
  let isTwoSided: Bool
  private var crossing = Crossing(bars: 100)
  var warmupBars: Int { 0 }

  init(
    units: Double, limit: Double? = nil, stop: Double, target: Double, isTwoSided: Bool = false
  ) {
    self.units = units
    self.limit = limit
    self.stop = stop
    self.target = target
    self.isTwoSided = isTwoSided
  }

  mutating func observe(_ view: borrowing BarView) { crossing.see(view) }

  mutating func decide(_ view: borrowing BarView, _ desk: inout OrderDesk) {
    crossing.see(view)
    guard view.units() == 0 else { return }
    let close = view.close()
    if crossing.rises {
      desk.cancelAll()
      let kind = limit.map { Order.Kind.limit(close * $0) } ?? .market
      desk.bracket(Order(.units(units), kind), stop: close * stop, target: close * target)
    } else if crossing.falls, isTwoSided {
      desk.bracket(
        Order(.units(-units)), stop: close * (2 - stop), target: close * (2 - target))
    }
  }
}
