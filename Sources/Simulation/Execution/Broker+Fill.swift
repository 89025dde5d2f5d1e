import Kernels

extension Broker {
  /// Fills an order at a price, as far as size, volume, cash and margin let it.
  ///
  /// - Parameter isLimit: whether the price is a limit's, which does not slip.
  /// - Returns: whether anything was filled.
  @inline(never)
  mutating func execute(_ place: Int, at price: Double, isLimit: Bool) -> Bool {
    let symbol = orders[place].order.symbol
    let held = ledger.units(symbol)
    let side = side(orders[place], price: price)
    if side == 0 {
      // A target that is met already.
      end(place, .filled)
      return false
    }
    var asked = size(orders[place], side: side, at: price, isLimit: isLimit)
    if orders[place].order.reducesOnly {
      if held * side >= 0 {
        end(place, .cancelled, .noPosition)
        return false
      }
      if asked.magnitude > held.magnitude { asked = -held }
    }
    let closes = asked == -held
    if !closes {
      if case .targetWeight = orders[place].order.quantity, isRounding(asked, price, symbol) {
        end(place, .filled)
        return false
      }
      asked = wholeLots(asked)
    }
    if !(asked.magnitude > 0 && asked.magnitude < .infinity) {
      return reject(place, asked == 0 && rules.lot > 0 ? .belowLot : .cash, price, isLimit)
    }
    var units = asked
    if units.magnitude > volumeLeft.base[symbol] {
      if orders[place].order.timeInForce == .fok { return refuseWhole(place) }
      units = wholeLots(side * volumeLeft.base[symbol])
      if units == 0 {
        rest(place, isLimit: isLimit)
        return false
      }
    }
    let offered = units
    let fillPrice = slipped(price, units, symbol, isLimit)
    units = ledger.fit(
      symbol: symbol, units: units, price: fillPrice, after: orders[place].charge)
    let isScaled = units.magnitude < offered.magnitude
    if isScaled {
      if orders[place].order.timeInForce == .fok { return refuseWhole(place) }
      if units != -held { units = isRounding(units, price, symbol) ? 0 : wholeLots(units) }
      let reason: OrderReason =
        side < 0
        ? (rules.allowsShort ? .margin : .shortsForbidden)
        : rules.leverage > 1 ? .margin : .cash
      // What is left of cash by rounding buys nothing.
      if !(units.magnitude > 1e-9 * offered.magnitude && units.magnitude < .infinity) {
        return reject(place, reason, price, isLimit)
      }
      ledger.summary.scaledOrders += 1
      note(place, reason)
    }
    // The least value is one of orders: what a bar's volume leaves of one may be worth less.
    let whole = isScaled ? units.magnitude : asked.magnitude
    let opening = held * side >= 0 ? whole : whole - held.magnitude
    if opening > 0, orders[place].filled == 0,
      opening * fillPrice * ledger.rate(symbol) < rules.minNotional
    {
      return reject(place, .belowMinimum, price, isLimit)
    }
    book(place, units, asked: isScaled ? units : asked, price, fillPrice, isLimit)
    return true
  }

  /// Whether units are worth no more than rounding leaves of an exhausted account, or of a target that is met.
  private func isRounding(_ units: Double, _ price: Double, _ symbol: Int) -> Bool {
    units.magnitude * price * ledger.rate(symbol) <= 1e-13 * ledger.currentEquity.magnitude
  }

  /// What an order asks for now, signed.
  private func size(
    _ order: borrowing WorkingOrder, side: Double, at price: Double, isLimit: Bool
  ) -> Double {
    if !order.rest.isNaN { return order.rest }
    let symbol = order.order.symbol
    let held = ledger.units(symbol)
    switch order.order.quantity {
    case .units(let units): return units
    case .close: return -held
    case .targetUnits(let units): return units - held
    default: break
    }
    // Slippage may depend on size: a first size without it is an upper bound, and what its slippage leaves is one too.
    let first = sized(
      order, side, held, slipped(price, side * .leastNonzeroMagnitude, symbol, isLimit))
    if isLimit || !rules.slippage.readsBar { return first }
    return sized(order, side, held, slipped(price, first, symbol, isLimit))
  }

  private func sized(
    _ order: borrowing WorkingOrder, _ side: Double, _ held: Double, _ price: Double
  ) -> Double {
    let symbol = order.order.symbol
    let money = price * ledger.rate(symbol)
    switch order.order.quantity {
    case .units(let units): return units
    case .close: return -held
    case .targetUnits(let units): return units - held
    case .notional(let value): return value / money
    case .fractionOfEquity(let fraction):
      return side
        * ledger.affordable(
          symbol: symbol, price: price, budget: ledger.currentEquity * fraction.magnitude)
    case .risk(let fraction, let distance):
      return ledger.currentEquity * fraction / (distance * ledger.rate(symbol))
    case .riskFraction(let fraction, let distance):
      return ledger.currentEquity * fraction / (money * distance)
    case .targetWeight(let weight):
      if weight == 0 { return -held }
      let change = weight * targetEquity - held * money
      // What reduces is exact; what opens or adds pays its commission from its weight.
      let reduces = held * side < 0
      if reduces && change.magnitude <= held.magnitude * money { return change / money }
      if reduces {
        let rest = change.magnitude - held.magnitude * money
        return side
          * (held.magnitude + ledger.affordable(symbol: symbol, price: price, budget: rest))
      }
      return side * ledger.affordable(symbol: symbol, price: price, budget: change.magnitude)
    }
  }

  /// The price after slippage.
  func slipped(_ price: Double, _ units: Double, _ symbol: Int, _ isLimit: Bool) -> Double {
    if isLimit || rules.slippage.isFree { return price }
    if !rules.slippage.readsBar { return rules.slippage.fillPrice(units: units, price: price) }
    return rules.slippage.fillPrice(
      units: units, price: price,
      bar: feed.slippageBar(bar: bar, symbol: symbol, rules: rules, ledger.actions))
  }

  /// Moves the money of a fill, and settles what it means for other orders.
  private mutating func book(
    _ place: Int, _ units: Double, asked: Double, _ price: Double, _ fillPrice: Double,
    _ isLimit: Bool
  ) {
    let symbol = orders[place].order.symbol
    let held = ledger.units(symbol)
    let reduces = held * units < 0
    let commission = orders[place].charge.add(
      units: units, price: fillPrice * ledger.rate(symbol), rules.commission)
    ledger.fill(
      symbol: symbol, units: units, price: price, fillPrice: fillPrice, commission: commission,
      cause: reduces ? cause(orders[place], isLimit) : .entry, bar: bar)
    volumeLeft.base[symbol] -= units.magnitude
    let isFirst = orders[place].filled == 0
    orders[place].filled += units
    let isWhole = units == asked
    // A close is settled anew each time, since its position may have changed.
    if orders[place].order.quantity != .close { orders[place].rest = asked - units }
    let record = orders[place].record
    if record >= 0 {
      ledger.record?.orders[record].filledUnits = orders[place].filled
      ledger.record?.orders[record].settledBar = bar
    }
    if isWhole {
      end(place, .filled)
    } else {
      ledger.summary.partialFills += 1
      rest(place, isLimit: isLimit)
    }
    settleGroup(of: place, isWhole: isWhole)
    if reduces { endParent(of: place) }
    let now = ledger.units(symbol)
    if held != 0 && (now == 0 || (now > 0) != (held > 0)) { release(symbol, except: place) }
    mirror(symbol)
    if isFirst { wake(children: place, fillPrice) }
    if held != 0 && held * units > 0 || !isFirst { reanchor(symbol) }
  }

  /// Waits for the volume of another bar; a stop that was touched goes on as a market order.
  private mutating func rest(_ place: Int, isLimit: Bool) {
    orders[place].restingBar = bar
    if isLimit { return }
    switch orders[place].order.kind {
    case .onOpen, .onClose: break
    default:
      orders[place].isMarket = true
      orders[place].stop = .nan
    }
  }

  private func cause(_ order: borrowing WorkingOrder, _ isLimit: Bool) -> FillRecord.Cause {
    switch order.order.kind {
    case .stop, .stopLimit, .trailingStop: return .stop
    case .limit: return order.order.parent == .none ? .exit : .target
    case .market, .onOpen, .onClose: return .exit
    }
  }

  /// Ends orders that belonged to a position which was closed or turned.
  mutating func release(_ symbol: Int, except: Int = -1) {
    for place in orders.indices where place != except && orders[place].order.symbol == symbol {
      if orders[place].state != .open { continue }
      let order = orders[place].order
      if order.quantity == .close || order.addsOnly || order.reducesOnly && order.parent != .none {
        end(place, .cancelled, .positionClosed)
      }
    }
  }

  /// Cancels what is left of an entry whose exits have begun to fill: it would open anew what they close, without them.
  private mutating func endParent(of place: Int) {
    let id = orders[place].order.parent
    if id == .none { return }
    if let parent = orders.firstIndex(where: { $0.id == id }) {
      end(parent, .cancelled, .positionClosed)
    }
  }

  /// Cancels the others of a group; exits of a position that is not closed yet stay.
  private mutating func settleGroup(of place: Int, isWhole: Bool) {
    let group = orders[place].order.group
    if group == 0 { return }
    for other in orders.indices where other != place && orders[other].order.group == group {
      if orders[other].state == .ended { continue }
      if !isWhole && orders[other].order.reducesOnly { continue }
      end(other, .cancelled, .otherFilled)
    }
  }

  /// Makes the children of an order live.
  private mutating func wake(children place: Int, _ fillPrice: Double) {
    let id = orders[place].id
    for child in orders.indices where orders[child].order.parent == id {
      if orders[child].state != .dormant { continue }
      orders[child].state = .open
      let average = ledger.averagePrice(orders[child].order.symbol)
      var order = orders[child]
      set(&order, anchor: average == 0 ? fillPrice : average, start: fillPrice)
      orders[child] = order
      note(prices: child)
    }
  }

  /// Moves relative prices to the position's new average price.
  private mutating func reanchor(_ symbol: Int) {
    let average = ledger.averagePrice(symbol)
    if average == 0 { return }
    for place in orders.indices
    where orders[place].state == .open && orders[place].order.symbol == symbol
      && orders[place].order.isRelative && !orders[place].trails && !orders[place].isMarket
    {
      var order = orders[place]
      set(&order, anchor: average, start: average)
      orders[place] = order
      note(prices: place)
    }
  }

  /// Writes down where an order's limit and stop are.
  mutating func note(prices place: Int) {
    let record = orders[place].record
    if record < 0 { return }
    ledger.record?.orders[record].limit = orders[place].limit
    ledger.record?.orders[record].stop = orders[place].stop
  }

  /// Writes down why an order was made smaller.
  private mutating func note(_ place: Int, _ reason: OrderReason) {
    let record = orders[place].record
    if record >= 0 { ledger.record?.orders[record].reason = reason.name }
  }

  private mutating func refuseWhole(_ place: Int) -> Bool {
    end(place, .cancelled, .notAtOnce)
    return false
  }

  /// Refuses an order at the price at which it would have filled.
  private mutating func reject(
    _ place: Int, _ reason: OrderReason, _ price: Double, _ isLimit: Bool
  ) -> Bool {
    let symbol = orders[place].order.symbol
    let side = side(orders[place], price: price)
    let fill = FillRecord(
      bar: bar, cause: .rejection, price: price,
      fillPrice: slipped(price, side, symbol, isLimit), units: 0, commission: 0,
      cashAfter: ledger.cash, symbol: symbol)
    ledger.record?.fills.append(fill)
    end(place, .rejected, reason)
    return false
  }
}
