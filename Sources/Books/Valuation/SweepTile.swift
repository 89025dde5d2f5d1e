import Kernels
import Metrics

/// The portfolios of a tile: what happens to them, and what each holds on its way through the blocks.
struct SweepTile: ~Copyable {
  let lanes = AlignedBuffer(repeating: SweepLane(), count: PortfolioSweep.tilePortfolios)
  /// Flows of each by years since the begin, for the money-weighted return.
  private(set) var flows: [[DatedFlow]] = []
  private var events: [PortfolioEvents.Event] = []
  /// Symbols of all portfolios, each portfolio's in the order of first mention.
  private var instruments: [Int32] = []
  /// What each portfolio holds, in that order: slots, symbols and units.
  private var slots = AlignedBuffer<Int32>(repeating: 0, count: 1)
  private var symbols = AlignedBuffer<Int32>(repeating: 0, count: 1)
  private var units = AlignedBuffer(repeating: 0.0, count: 1)
  private var balances = AlignedBuffer(repeating: 0.0, count: 1)

  /// Takes the portfolios of another tile.
  mutating func begin(
    _ portfolios: ArraySlice<Int>, _ sweep: PortfolioSweep, _ room: inout EventRoom
  ) {
    events.removeAll(keepingCapacity: true)
    instruments.removeAll(keepingCapacity: true)
    flows.removeAll(keepingCapacity: true)
    let end = sweep.market.end(of: sweep.bars.upperBound - 1)
    var wallets = 0
    for (place, portfolio) in portfolios.enumerated() {
      var lane = SweepLane()
      lane.portfolio = portfolio
      (lane.next, lane.slots, lane.balance) = (events.count, instruments.count, wallets)
      lane.wallet = sweep.walletStarts[portfolio]
      lane.wallets = sweep.walletStarts[portfolio + 1] - lane.wallet
      wallets += lane.wallets
      room.append(
        portfolio, wallet: lane.wallet, in: sweep.book, before: end, to: &events, &instruments)
      lane.end = events.count
      lanes[place] = lane
      flows.append([])
    }
    if instruments.count > slots.count {
      slots = AlignedBuffer(repeating: 0, count: 2 * instruments.count)
      symbols = AlignedBuffer(repeating: 0, count: 2 * instruments.count)
      units = AlignedBuffer(repeating: 0, count: 2 * instruments.count)
    }
    if wallets > balances.count { balances = AlignedBuffer(repeating: 0, count: 2 * wallets) }
    balances.base.update(repeating: 0, count: wallets)
  }

  /// Values a block of a portfolio, and tells whether something came in or went out in it.
  ///
  /// - Parameter begin: what flows are dated from.
  mutating func value(
    _ place: Int, _ block: Int, _ sweep: PortfolioSweep, _ table: MarkTable, from begin: Int64,
    _ rows: inout SweepRows, _ equity: UnsafeMutablePointer<Double>,
    _ returns: UnsafeMutablePointer<Double>
  ) -> Bool {
    let marks = table.rows(block)
    rows.begin()
    let hasFlows = lay(place, block, sweep, table, from: begin, &rows)
    let lane = lanes[place]
    let (slots, symbols, units) = (
      slots.base + lane.slots, symbols.base + lane.slots, units.base + lane.slots
    )
    // A row that is written has its units in it.
    for row in rows.touched {
      let held = find(rows.slot(row), in: lane)
      let prices = marks + Int(symbols[held]) * HeldRowBlock.width
      rows.close(row, at: held, prices, units[held])
    }
    let found = rows.block(
      marks, symbols, units, lane.held, equity, returns, hasFlows: hasFlows)
    for row in rows.touched { rows.take(row, units) }
    sweep.kernels.heldRows(found)
    var isGone = false
    for row in rows.touched { isGone = rows.giveBack(row, units) == 0 || isGone }
    if isGone { drop(place) }
    return hasFlows
  }

  /// What nothing is left of goes.
  private mutating func drop(_ place: Int) {
    let lane = lanes[place]
    let (slots, symbols, units) = (
      slots.base + lane.slots, symbols.base + lane.slots, units.base + lane.slots
    )
    var kept = 0
    for held in 0..<lane.held where units[held] != 0 {
      if kept != held {
        (slots[kept], symbols[kept], units[kept]) = (slots[held], symbols[held], units[held])
      }
      kept += 1
    }
    lanes[place].held = kept
  }

  /// Lays out what happens in a block.
  private mutating func lay(
    _ place: Int, _ block: Int, _ sweep: PortfolioSweep, _ table: MarkTable, from begin: Int64,
    _ rows: inout SweepRows
  ) -> Bool {
    let origin = table.bars.lowerBound + block * HeldRowBlock.width
    let marks = table.rows(block)
    var lane = lanes[place]
    var hasFlows = false
    var cashFrom = 0
    while lane.next < lane.end {
      let event = events[lane.next]
      let bar = max(0, Int(event.bar) - origin)
      if bar >= HeldRowBlock.width { break }
      lane.next += 1
      let slot = Int(event.slot)
      if slot >= 0 {
        change(slot, event, bar, marks, &lane, &rows)
      }
      if event.isSplit { continue }
      if event.cash != 0 {
        layCash(lane, cashFrom..<bar, block, sweep, table, &rows)
        cashFrom = bar
        balances[lane.balance + event.wallet] += event.cash
      }
      if !event.isExternal || event.bar < sweep.bars.lowerBound { continue }
      let flow = event.flow(in: sweep.book)
      if flow == 0 && event.flowUnits == 0 { continue }
      if !hasFlows {
        hasFlows = true
        rows.clearFlows()
      }
      let code = sweep.currencies.wallets[lane.wallet + event.wallet]
      var amount = flow == 0 ? 0 : flow * table.rates(block, code)[bar]
      if event.flowUnits != 0 {
        let symbol = Int(instruments[lane.slots + slot])
        amount += event.flowUnits * marks[symbol * HeldRowBlock.width + bar]
      }
      let timeNs = sweep.book.entries.timeNs[Int(event.row)]
      flows[place].append(
        DatedFlow(years: Double(timeNs - begin) / PortfolioHistory.yearNs, amount: amount))
      if !(amount <= 0) { rows.flowsIn[bar] += amount }
      if !(amount >= 0) { rows.flowsOut[bar] -= amount }
    }
    layCash(lane, cashFrom..<HeldRowBlock.width, block, sweep, table, &rows)
    lanes[place] = lane
    return hasFlows
  }

  /// Changes the units of a symbol at a bar.
  @inline(always)
  private func change(
    _ slot: Int, _ event: PortfolioEvents.Event, _ bar: Int, _ marks: UnsafePointer<Double>,
    _ lane: inout SweepLane, _ rows: inout SweepRows
  ) {
    let (delta, ratio) = (event.units, event.ratio)
    if delta == 0 && ratio == 1 { return }
    var held = find(slot, in: lane)
    if held < 0 {
      if delta == 0 { return }
      held = insert(slot, &lane)
    }
    let place = lane.slots + held
    let before = units.base[place]
    let symbol = Int(symbols.base[place])
    rows.touch(slot, marks + symbol &* HeldRowBlock.width, before, upTo: bar)
    units.base[place] = Position.moved(before * ratio, by: delta)
  }

  /// Where a symbol stands among what is held; −1 if it does not.
  @inline(always)
  private func find(_ slot: Int, in lane: SweepLane) -> Int {
    // Only as many stand before it as were mentioned before it.
    let slots = slots.base + lane.slots
    var place = min(slot, lane.held - 1)
    while place >= 0, slots[place] > slot { place -= 1 }
    return place >= 0 && slots[place] == slot ? place : -1
  }

  /// Makes room for a symbol in the order of first mention.
  private func insert(_ slot: Int, _ lane: inout SweepLane) -> Int {
    let (slots, symbols, units) = (
      slots.base + lane.slots, symbols.base + lane.slots, units.base + lane.slots
    )
    var place = lane.held
    while place > 0, slots[place - 1] > slot {
      (slots[place], symbols[place], units[place]) = (
        slots[place - 1], symbols[place - 1], units[place - 1]
      )
      place -= 1
    }
    (slots[place], symbols[place], units[place]) = (
      Int32(slot), instruments[lane.slots + slot], 0
    )
    lane.held += 1
    return place
  }

  /// Money of all wallets over a stretch of bars.
  @inline(always)
  private func layCash(
    _ lane: SweepLane, _ bars: Range<Int>, _ block: Int, _ sweep: PortfolioSweep,
    _ table: MarkTable, _ rows: inout SweepRows
  ) {
    if bars.isEmpty { return }
    if lane.wallets == 1 {
      let rates = table.rates(block, sweep.currencies.wallets[lane.wallet])
      rows.cash(rates, balances.base[lane.balance], bars)
      return
    }
    let cash = rows.cash
    (cash + bars.lowerBound).update(repeating: 0, count: bars.count)
    for wallet in 0..<lane.wallets where balances[lane.balance + wallet] != 0 {
      let balance = balances[lane.balance + wallet]
      let rates = table.rates(block, sweep.currencies.wallets[lane.wallet + wallet])
      for bar in bars { cash[bar] += balance * rates[bar] }
    }
  }
}
