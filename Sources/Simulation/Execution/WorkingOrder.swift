/// An order that waits, and what became of it so far.
struct WorkingOrder {
  enum State {
    /// Its parent has not filled yet.
    case dormant
    /// It may fill.
    case open
    /// It is filled, refused, cancelled or expired.
    case ended
  }

  let id: OrderID
  var order: Order
  var state = State.open
  /// Limit price; NaN for none.
  var limit = Double.nan
  /// Trigger; NaN for none, or once it was touched.
  var stop = Double.nan
  /// Whether it fills at the run's moment: a market order, or a stop that was touched and could not fill whole.
  var isMarket = false
  /// Bar at whose close it was given.
  let givenBar: Int
  /// Last bar at which it may fill.
  var lastBar: Int
  /// Signed units that are still to fill; NaN until they are settled at a fill.
  var rest = Double.nan
  /// Signed units filled.
  var filled = 0.0
  var charge = OrderCharge()
  /// Bar in which it can't fill any more.
  var restingBar = -1
  /// Best price that a trailing stop is moved by at the end of the bar in which it became live; NaN for that of the bar.
  var reach = Double.nan
  /// Place among the record's orders.
  var record = -1

  init(id: OrderID, order: Order, givenBar: Int, lastBar: Int) {
    self.id = id
    self.order = order
    self.givenBar = givenBar
    self.lastBar = lastBar
  }

  /// Whether a stop follows the market.
  var trails: Bool {
    switch order.kind {
    case .trailingStop: !isMarket
    default: false
    }
  }

  /// Whether all or the rest is cancelled after its first moment.
  var isImmediate: Bool { order.timeInForce == .ioc || order.timeInForce == .fok }

  /// Where on the way from one price to another it acts; NaN if it doesn't.
  ///
  /// What is past its price already acts at once. A limit needs a price beyond it, unless a touch is enough.
  ///
  /// - Parameter side: 1 for a purchase, -1 for a sale.
  @inline(__always)
  func level(side: Double, from start: Double, to end: Double, touch: Bool) -> Double {
    if !stop.isNaN {
      if side * (start - stop) >= 0 { return start }
      return side * (end - stop) >= 0 ? stop : .nan
    }
    // NaN, of an order without a limit, compares false.
    let room = side * (limit - start)
    if room > 0 || touch && room == 0 { return start }
    let most = side * (limit - end)
    return most > 0 || touch && most == 0 ? limit : .nan
  }

  /// Moves a trailing stop by a price.
  mutating func trail(side: Double, by price: Double) {
    let next: Double
    switch order.kind {
    case .trailingStop(.amount(let amount)): next = price + side * amount
    case .trailingStop(.fraction(let fraction)): next = price * (1 + side * fraction)
    default: return
    }
    if !(side * (next - stop) >= 0) { stop = next }
  }

  /// Carries it over a split.
  mutating func rescale(_ scale: ActionScale) {
    limit = scale.price(limit)
    stop = scale.price(stop)
    rest = scale.units(rest)
    filled = scale.units(filled)
    charge.rescale(scale)
    switch order.quantity {
    case .units(let units): order.quantity = .units(scale.units(units))
    case .targetUnits(let units): order.quantity = .targetUnits(scale.units(units))
    case .risk(let fraction, let distance):
      order.quantity = .risk(fraction: fraction, distance: scale.price(distance))
    case .close, .notional, .fractionOfEquity, .riskFraction, .targetWeight: break
    }
    if order.isRelative { return }
    switch order.kind {
    case .limit(let price): order.kind = .limit(scale.price(price))
    case .stop(let price): order.kind = .stop(scale.price(price))
    case .stopLimit(let stop, let limit):
      order.kind = .stopLimit(stop: scale.price(stop), limit: scale.price(limit))
    case .trailingStop(.amount(let amount)):
      order.kind = .trailingStop(.amount(scale.price(amount)))
    case .trailingStop(.fraction), .market, .onOpen, .onClose: break
    }
  }
}

extension Order.Kind {
  /// Name in files.
  var name: String {
    switch self {
    case .market: "market"
    case .limit: "limit"
    case .stop: "stop"
    case .stopLimit: "stop_limit"
    case .trailingStop: "trailing_stop"
    case .onOpen: "on_open"
    case .onClose: "on_close"
    }
  }
}
