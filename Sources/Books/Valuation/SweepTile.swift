import Kernels
import Metrics

/// The portfolios of a tile: what happens to them, and what each holds on its way through the blocks.
struct SweepTile: ~Copyable {
  let lanes = AlignedBuffer(repeating: SweepLane(), count: PortfolioSweep.tilePortfolios)
  /// Flows of each by years since the begin, for the money-weighted return.
  private(set) var flows: [[DatedFlow]] = []
  private var events = SweepEvents()
  /// What is held, portfolio by portfolio: read in one half as it was before a block, written in the other.
  private var held = AlignedBuffer(repeating: HeldRow(), count: 2)
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
      (lane.balance, lane.wallet) = (wallets, sweep.walletStarts[portfolio])
      lane.wallets = sweep.walletStarts[portfolio + 1] - lane.wallet
      wallets += lane.wallets
      events.append(portfolio, wallet: lane.wallet, in: sweep.book, before: last, &room)
      lanes[place] = lane
      flows.append([])
    }
    events.sort(table)
    if 2 * events.symbolCount > held.count {
      held = AlignedBuffer(repeating: HeldRow(), count: 4 * events.symbolCount)
    }
    end = held.count / 2
    if wallets > balances.count { balances = AlignedBuffer(repeating: 0, count: 2 * wallets) }
    balances.base.update(repeating: 0, count: wallets)
  }

  /// Goes on to the next block.
  mutating func beginBlock() { end = end > held.count / 2 ? 0 : held.count / 2 }

  /// Values a block of a portfolio, and tells whether something came in or went out in it.
  ///
  /// Portfolios are valued in order.
  ///
  /// - Parameter begin: what flows are dated from.
  mutating func value(
    _ place: Int, _ block: Int, _ sweep: PortfolioSweep, _ table: MarkTable, from begin: Int64,
    _ rows: borrowing SweepRows
  ) -> Bool {
    var lane = lanes.base[place]
    (held.base + end).update(from: held.base + lane.first, count: lane.held)
    lane.first = end
    let origin = table.bars.lowerBound + block * HeldRowBlock.width
    let marks = table.rows(block)
    var hasFlows = false
    var from = 0
    for next in events.take(block, place) {
      let event = events[next]
      let bar = max(0, Int(event.bar) - origin)
      if bar > from {
        value(lane, from..<bar, block, sweep, table, rows)
        from = bar
      }
      if event.slot >= 0 { change(event, &lane) }
      if event.isSplit { continue }
      balances.base[lane.balance + event.wallet] += event.cash
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
        amount += event.flowUnits * marks[Int(event.instrument) * HeldRowBlock.width + bar]
      }
      let timeNs = sweep.book.entries.timeNs[Int(event.row)]
      flows[place].append(
        DatedFlow(years: Double(timeNs - begin) / PortfolioHistory.yearNs, amount: amount))
      if !(amount <= 0) { rows.flowsIn[bar] += amount }
      if !(amount >= 0) { rows.flowsOut[bar] -= amount }
    }
    value(lane, from..<HeldRowBlock.width, block, sweep, table, rows)
    lanes.base[place] = lane
    end = lane.first + lane.held
    return hasFlows
  }

  /// Values a stretch of bars.
  @inline(always)
  private func value(
    _ lane: SweepLane, _ bars: Range<Int>, _ block: Int, _ sweep: PortfolioSweep,
    _ table: MarkTable, _ rows: borrowing SweepRows
  ) {
    // Without money no rate counts, be it missing.
    let isOne = lane.wallets == 1 && balances.base[lane.balance] != 0
    if !isOne { addCash(lane, bars, block, sweep, table, rows.cash) }
    sweep.kernels.heldRows(
      HeldRowBlock(
        rows: held.base + lane.first, count: lane.held, prices: table.rows(block),
        rates: isOne
          ? table.rates(block, sweep.currencies.wallets[lane.wallet]) : UnsafePointer(rows.cash),
        cash: isOne ? balances.base[lane.balance] : 1,
        from: bars.lowerBound, to: bars.upperBound, equity: rows.equity))
  }

  /// Money of all wallets over a stretch of bars.
  private func addCash(
    _ lane: SweepLane, _ bars: Range<Int>, _ block: Int, _ sweep: PortfolioSweep,
    _ table: MarkTable, _ cash: UnsafeMutablePointer<Double>
  ) {
    (cash + bars.lowerBound).update(repeating: 0, count: bars.count)
    for wallet in 0..<lane.wallets where balances[lane.balance + wallet] != 0 {
      let balance = balances[lane.balance + wallet]
      let rates = table.rates(block, sweep.currencies.wallets[lane.wallet + wallet])
      for bar in bars { cash[bar] += balance * rates[bar] }
    }
  }

  /// Changes the units of a symbol.
  ///
  /// One that comes is put in the order of first mention, one that nothing is left of goes.
  @inline(always)
  private func change(_ event: PortfolioEvents.Event, _ lane: inout SweepLane) {
    let rows = held.base + lane.first
    // Only as many stand before it as were mentioned before it.
    var place = min(Int(event.slot), lane.held - 1)
    while place >= 0, rows[place].slot > event.slot { place -= 1 }
    if place >= 0, rows[place].slot == event.slot {
      rows[place].units = Position.moved(rows[place].units * event.ratio, by: event.units)
      if rows[place].units != 0 { return }
      lane.held -= 1
      for next in place..<lane.held { rows[next] = rows[next + 1] }
    } else if event.units != 0 {
      for next in stride(from: lane.held, to: place + 1, by: -1) { rows[next] = rows[next - 1] }
      rows[place + 1] = HeldRow(units: event.units, symbol: event.instrument, slot: event.slot)
      lane.held += 1
    }
  }
}
