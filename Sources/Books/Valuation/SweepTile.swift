import Kernels
import Metrics

/// The portfolios of a tile: what happens to them, and what each holds on its way through the blocks.
struct SweepTile: ~Copyable {
  let lanes = AlignedBuffer(repeating: SweepLane(), count: PortfolioSweep.tilePortfolios)
  /// Flows of each by years since the begin, for the money-weighted return.
  private(set) var flows: [[DatedFlow]] = []
  private var events = SweepEvents()
  /// What is held, portfolio by portfolio: read in one half as it was before a block, written in the other.
  private var holdings = AlignedBuffer(repeating: SweepHolding(), count: 2)
  /// The end of what is written.
  private var end = 0
  private var balances = AlignedBuffer(repeating: 0.0, count: 1)

  /// Takes the portfolios of another tile.
  mutating func begin(
    _ portfolios: ArraySlice<Int>, _ sweep: PortfolioSweep, _ table: MarkTable,
    _ room: inout EventRoom
  ) {
    events.removeAll()
    flows.removeAll(keepingCapacity: true)
    let last = sweep.market.end(of: sweep.bars.upperBound - 1)
    var wallets = 0
    for (place, portfolio) in portfolios.enumerated() {
      var lane = SweepLane()
      lane.portfolio = portfolio
      (lane.symbols, lane.balance) = (events.instruments.count, wallets)
      lane.wallet = sweep.walletStarts[portfolio]
      lane.wallets = sweep.walletStarts[portfolio + 1] - lane.wallet
      wallets += lane.wallets
      events.append(portfolio, wallet: lane.wallet, in: sweep.book, before: last, &room)
      lanes[place] = lane
      flows.append([])
    }
    events.sort(table)
    if 2 * events.instruments.count > holdings.count {
      holdings = AlignedBuffer(repeating: SweepHolding(), count: 4 * events.instruments.count)
    }
    end = holdings.count / 2
    if wallets > balances.count { balances = AlignedBuffer(repeating: 0, count: 2 * wallets) }
    balances.base.update(repeating: 0, count: wallets)
  }

  /// Goes on to the next block.
  mutating func beginBlock() { end = end > holdings.count / 2 ? 0 : holdings.count / 2 }

  /// Values a block of a portfolio, and tells whether something came in or went out in it.
  ///
  /// Portfolios are valued in order.
  ///
  /// - Parameter begin: what flows are dated from.
  mutating func value(
    _ place: Int, _ block: Int, _ sweep: PortfolioSweep, _ table: MarkTable, from begin: Int64,
    _ rows: inout SweepRows, _ equity: UnsafeMutablePointer<Double>,
    _ returns: UnsafeMutablePointer<Double>
  ) -> Bool {
    let marks = table.rows(block)
    rows.begin()
    bring(place)
    let hasFlows = lay(place, block, sweep, table, from: begin, &rows)
    let lane = lanes[place]
    end = lane.first + lane.held
    let held = UnsafePointer(holdings.base + lane.first)
    // A row that is written has its units in it.
    for row in rows.touched { rows.close(row, at: find(rows.slot(row), in: lane), held, marks) }
    let worth = rows.block(held, lane.held, marks, equity, returns, hasFlows: hasFlows)
    sweep.kernels.heldRows(worth)
    return hasFlows
  }

  /// Brings what a portfolio holds from the block before, without what nothing is left of.
  @inline(always)
  private func bring(_ place: Int) {
    let lane = lanes.base + place
    let (from, to) = (holdings.base + lane.pointee.first, holdings.base + end)
    var kept = 0
    for held in 0..<lane.pointee.held {
      to[kept] = from[held]
      kept &+= from[held].units == 0 ? 0 : 1
    }
    (lane.pointee.first, lane.pointee.held) = (end, kept)
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
    for next in events.take(block, place) {
      let event = events[next]
      let bar = max(0, Int(event.bar) - origin)
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
        let symbol = Int(events.instruments[lane.symbols + slot])
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
    let holding = holdings.base + (lane.first + held)
    let before = holding.pointee.units
    let prices = marks + Int(holding.pointee.symbol) &* HeldRowBlock.width
    rows.touch(slot, prices, before, upTo: bar)
    holding.pointee.units = Position.moved(before * ratio, by: delta)
  }

  /// Where a symbol stands among what is held; −1 if it does not.
  @inline(always)
  private func find(_ slot: Int, in lane: SweepLane) -> Int {
    // Only as many stand before it as were mentioned before it.
    let held = holdings.base + lane.first
    var place = min(slot, lane.held - 1)
    while place >= 0, held[place].slot > slot { place -= 1 }
    return place >= 0 && held[place].slot == slot ? place : -1
  }

  /// Makes room for a symbol in the order of first mention.
  private func insert(_ slot: Int, _ lane: inout SweepLane) -> Int {
    let held = holdings.base + lane.first
    var place = lane.held
    while place > 0, held[place - 1].slot > slot {
      held[place] = held[place - 1]
      place -= 1
    }
    let symbol = events.instruments[lane.symbols + slot]
    held[place] = SweepHolding(units: 0, symbol: symbol, slot: Int32(slot))
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
