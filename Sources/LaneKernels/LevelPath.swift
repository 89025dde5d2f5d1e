import Kernels

/// One vector with levels on its way through a block.
struct LevelPath {
  var sums: PathSums
  /// Units while held, else cash.
  private var wealth: Vector
  private var stop: Vector
  /// What a bar must trade above.
  private var target: Vector
  /// Closed trades.
  private var closed = SIMD8<Int64>.zero
  /// What the entry price is multiplied by for stop and target, and a bar's high for a trailing stop.
  private let stopFactor, targetFactor, trailFactor: Vector
  private var owned, buying, selling: UInt8
  private let state: UnsafeMutablePointer<LaneState>
  private let block: VectorBlock

  @inline(always)
  init(_ state: UnsafeMutablePointer<LaneState>, _ block: VectorBlock) {
    self.state = state
    self.block = block
    sums = PathSums(state)
    let one = Vector(repeating: 1)
    trailFactor = one - state.pointee.trailingStop
    let fixed = one - state.pointee.stopLoss
    stopFactor = fixed.replacing(with: trailFactor, where: trailFactor .> fixed)
    targetFactor = one + state.pointee.takeProfit
    let isFlat = state.pointee.units .== Vector.zero
    wealth = state.pointee.units.replacing(with: state.pointee.cash, where: isFlat)
    stop = state.pointee.lower
    target = -nextUp(-state.pointee.upper)
    owned = ~bits(isFlat)
    buying = bits(state.pointee.pending .== Vector(repeating: 1))
    selling = bits(state.pointee.pending .== Vector(repeating: 2))
  }

  /// Goes through the bars of a group.
  @inline(always)
  mutating func go<Open: Option, Same: Option>(
    from start: Int, to end: Int, _ rules: LaneRules, _ groups: BarGroups,
    _ open: Open.Type, _ same: Same.Type
  ) {
    let group = start / Position.group
    let changes =
      buying | selling | (groups.longEntry(group, block.vector) & ~owned)
      | (groups.longExit(group, block.vector) & owned)
    var highest = stop
    if rules.trails {
      let raised = groups.high(group) * trailFactor
      highest.replace(with: raised, where: raised .> highest)
    }
    let reached = bits((groups.low(group) .<= highest) .| (groups.high(group) .> target))
    if changes | (reached & owned) != 0 {
      for bar in start..<end { _ = step(bar, rules, open, same) }
      return
    }
    if owned == 0 { return }
    let isHeld = mask(owned)
    for bar in start..<end {
      sums.add(
        block.prices.held[bar], gain: block.prices.heldGain[bar],
        square: block.prices.heldSquare[bar], where: isHeld)
    }
    stop = highest
  }

  /// Goes one bar on; returns its growth.
  @inline(always)
  mutating func step<Open: Option, Same: Option>(
    _ bar: Int, _ rules: LaneRules, _ open: Open.Type, _ same: Same.Type
  ) -> Vector {
    let prices = block.prices
    let touches =
      owned
      & bits(
        (Vector(repeating: prices.low[bar]) .<= stop)
          .| (Vector(repeating: prices.high[bar]) .> target))
    if Same.isOn {
      buying = block.longEntry[bar] & ~owned
      selling = block.longExit[bar] & owned
    }
    var growth = Vector(repeating: 1)
    if buying | selling | touches == 0 {
      let isHeld = mask(owned)
      growth.replace(with: Vector(repeating: prices.held[bar]), where: isHeld)
      sums.add(
        prices.held[bar], gain: prices.heldGain[bar], square: prices.heldSquare[bar],
        where: isHeld)
      trail(bar, rules)
    } else {
      if Open.isOn {
        let entered = buying
        growth = fill(bar, entered, selling, growth, at: prices.open[bar], rules)
        owned &= ~reach(bar, owned, fresh: entered, &growth, rules)
        trail(bar, rules)
      } else {
        owned &= ~reach(bar, owned, fresh: 0, &growth, rules)
        trail(bar, rules)
        if Same.isOn { buying = block.longEntry[bar] & ~owned }
        growth = fill(bar, buying, selling & owned, growth, at: prices.close[bar], rules)
      }
      sums.add(growth)
    }
    buying = Same.isOn ? 0 : block.longEntry[bar] & ~owned
    selling = Same.isOn ? 0 : block.longExit[bar] & owned
    return growth
  }

  /// Fills orders at a price that is the same for all lanes.
  @inline(always)
  private mutating func fill(
    _ bar: Int, _ entries: UInt8, _ exits: UInt8, _ before: Vector, at asked: Double,
    _ rules: LaneRules
  ) -> Vector {
    let prices = block.prices
    var growth = before
    growth.replace(
      with: Vector(repeating: prices.held[bar]), where: mask(owned & ~exits))
    // Guessed well enough, as it saves most operations of most bars.
    if entries | exits == 0 { return growth }
    let isBuy = mask(entries)
    let isSale = mask(exits)
    growth.replace(with: growth * Vector(repeating: prices.entered[bar]), where: isBuy)
    growth.replace(with: Vector(repeating: prices.left[bar]), where: isSale)
    let bought = wealth * Vector(repeating: prices.unitsPerCash[bar])
    let proceeds = wealth * Vector(repeating: prices.cashPerUnit[bar])
    if rules.keepsTradeSums {
      let index = block.firstBar + bar
      var trades = TradeSums(state)
      trades.leave(
        isSale, index, units: wealth, cash: proceeds, asked: Vector(repeating: asked),
        price: Vector(repeating: asked * (1 - rules.slippageRate)), rules)
      trades.enter(isBuy, index, cash: wealth, units: bought, asked: asked, rules)
      trades.store(state)
    }
    closed.replace(with: closed &+ SIMD8(repeating: 1), where: isSale)
    wealth.replace(with: bought, where: isBuy)
    wealth.replace(with: proceeds, where: isSale)
    let price = Vector(repeating: asked * (1 + rules.slippageRate))
    stop.replace(with: price * stopFactor, where: isBuy)
    target.replace(with: price * targetFactor, where: isBuy)
    owned = (owned | entries) & ~exits
    return growth
  }

  /// Closes positions at the levels that a bar reached; returns whose.
  ///
  /// `fresh` are those bought at this bar's open.
  @inline(always)
  private mutating func reach(
    _ bar: Int, _ held: UInt8, fresh: UInt8, _ growth: inout Vector, _ rules: LaneRules
  ) -> UInt8 {
    let prices = block.prices
    let touchesLow = held & bits(Vector(repeating: prices.low[bar]) .<= stop)
    let touchesHigh = held & bits(Vector(repeating: prices.high[bar]) .> target)
    let hits = touchesLow | touchesHigh
    if hits == 0 { return 0 }

    // As in `inside`: the open comes first, then what the rule says.
    let open = Vector(repeating: prices.open[bar])
    let gapStop = touchesLow & bits(open .<= stop)
    let gapTarget = touchesHigh & ~gapStop & bits(open .> target)
    let both = touchesLow & touchesHigh & ~(gapStop | gapTarget)
    if both != 0 {
      state.pointee.ambiguous.replace(
        with: state.pointee.ambiguous + Vector(repeating: 1), where: mask(both))
    }
    let targetFirst = gapTarget | (rules.favourableFirstLong ? both : 0)
    let stopped = mask(touchesLow & ~targetFirst)
    let isHit = mask(hits)
    var asked = open.replacing(with: target, where: target .> open)
    asked.replace(with: open.replacing(with: stop, where: stop .< open), where: stopped)
    var price = asked
    price.replace(with: asked * (1 - rules.slippageRate), where: stopped)
    let proceeds = price * (1 - rules.commissionRate)
    let cost = prices.open[bar] * (1 + rules.slippageRate) * (1 + rules.commissionRate)
    let basis = Vector(repeating: prices.mark[bar - 1]).replacing(
      with: Vector(repeating: cost), where: mask(fresh))
    growth.replace(with: proceeds / basis, where: isHit)
    let cash = wealth * proceeds
    if rules.keepsTradeSums {
      var trades = TradeSums(state)
      trades.leave(
        isHit, block.firstBar + bar, units: wealth, cash: cash, asked: asked, price: price, rules)
      trades.store(state)
    }
    closed.replace(with: closed &+ SIMD8(repeating: 1), where: isHit)
    wealth.replace(with: cash, where: isHit)
    return hits
  }

  @inline(always)
  private mutating func trail(_ bar: Int, _ rules: LaneRules) {
    if !rules.trails { return }
    let raised = Vector(repeating: block.prices.high[bar]) * trailFactor
    stop.replace(with: raised, where: raised .> stop)
  }

  /// Equity after a bar.
  @inline(always)
  func equity(_ bar: Int) -> Vector {
    wealth.replacing(
      with: wealth * Vector(repeating: block.prices.mark[bar]), where: mask(owned))
  }

  @inline(always)
  func store<Extended: Option>(_ extended: Extended.Type) {
    sums.store(state, extended)
    let isHeld = mask(owned)
    state.pointee.trades += Vector(closed)
    state.pointee.units = Vector.zero.replacing(with: wealth, where: isHeld)
    state.pointee.cash = wealth.replacing(with: Vector.zero, where: isHeld)
    state.pointee.equity = equity(block.count - 1)
    state.pointee.lower = Vector(repeating: -.infinity).replacing(with: stop, where: isHeld)
    state.pointee.upper = Vector(repeating: .infinity).replacing(
      with: nextUp(target), where: isHeld)
    state.pointee.trailLong = Vector(repeating: -.infinity).replacing(
      with: trailFactor, where: isHeld)
    var pending = Vector.zero
    pending.replace(with: Vector(repeating: 1), where: mask(buying))
    pending.replace(with: Vector(repeating: 2), where: mask(selling))
    state.pointee.pending = pending
  }
}
