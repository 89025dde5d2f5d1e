import Kernels
import Metrics

/// One portfolio on its way through the blocks of a sweep.
struct SweepLane {
  let portfolio: Int
  let events: PortfolioEvents
  private var next = 0
  private var units: [Double]
  private var balances: [Double]
  private let rates: [[Double]]
  /// Flows by years since the begin, for the money-weighted return.
  private(set) var flows: [DatedFlow] = []
  /// Equity after the last bar.
  var equity = 0.0
  /// Equity before the first bar of the window.
  var initialEquity = 0.0
  /// First bar with money, as a place among the bars walked; −1 before.
  var first = -1
  /// Money that works from the start of that bar.
  var firstMoney = 0.0

  init(_ portfolio: Int, _ sweep: PortfolioSweep, _ table: MarkTable, _ room: inout EventRoom) {
    self.portfolio = portfolio
    events = PortfolioEvents(
      of: portfolio, in: sweep.book, before: sweep.market.end(of: sweep.bars.upperBound - 1), &room)
    units = Array(repeating: 0, count: events.instruments.count)
    rates = sweep.book.wallets[sweep.book.wallets(of: portfolio)].map {
      table.rates(of: $0.currency.uppercased())
    }
    balances = Array(repeating: 0, count: rates.count)
  }

  /// Lays out the rows of a block, and whether something came in or went out in it.
  mutating func lay(
    _ block: Int, _ table: MarkTable, _ sweep: PortfolioSweep, _ begin: Int64,
    _ rows: inout SweepRows
  ) -> Bool {
    let width = MarkTable.blockBars
    let (origin, offset) = (table.bars.lowerBound, block * width)
    let end = origin + offset + width
    var hasFlows = false
    var cashFrom = 0
    rows.touched = 0
    while next < events.events.count {
      let event = events.events[next]
      if event.bar >= end { break }
      next += 1
      let place = max(0, event.bar - origin - offset)
      if event.slot >= 0, event.units != 0 || event.ratio != 1 {
        rows.touch(
          event.slot, units[event.slot], upTo: place,
          table.row(block, events.instruments[event.slot]))
        units[event.slot] = Position.moved(units[event.slot] * event.ratio, by: event.units)
      }
      if event.row < 0 { continue }
      if event.cash != 0 {
        fillCash(cashFrom..<place, offset, rows.cash)
        cashFrom = place
        balances[event.wallet] += event.cash
      }
      if event.flow == 0 && event.flowUnits == 0 || event.bar < sweep.bars.lowerBound { continue }
      if !hasFlows {
        hasFlows = true
        rows.clearFlows()
      }
      var amount = event.flow == 0 ? 0 : event.flow * rates[event.wallet][offset + place]
      if event.flowUnits != 0 {
        amount += event.flowUnits * table.row(block, events.instruments[event.slot])[place]
      }
      flows.append(
        DatedFlow(
          years: Double(event.timeNs - begin) / PortfolioHistory.yearNs, amount: amount))
      if !(amount <= 0) { rows.flowsIn[place] += amount }
      if !(amount >= 0) { rows.flowsOut[place] -= amount }
    }
    fillCash(cashFrom..<width, offset, rows.cash)
    rows.close(units, events.instruments, table, block)
    return hasFlows
  }

  private func fillCash(
    _ places: Range<Int>, _ offset: Int, _ cash: UnsafeMutablePointer<Double>
  ) {
    if places.isEmpty { return }
    (cash + places.lowerBound).update(repeating: 0, count: places.count)
    for wallet in balances.indices where balances[wallet] != 0 {
      let balance = balances[wallet]
      rates[wallet].withUnsafeBufferPointer { rates in
        for place in places { cash[place] += balance * rates[offset + place] }
      }
    }
  }
}

/// Rows that a block of one portfolio is computed from.
struct SweepRows: ~Copyable {
  private let memory: AlignedBuffer<Double>
  private let pointers: AlignedBuffer<UnsafePointer<Double>>
  private let counts: AlignedBuffer<Double>
  /// Values of symbols whose units change within the block.
  private var scratch: AlignedBuffer<Double>
  /// Row of `scratch` and place that it is filled up to, by slot.
  private var rowOf: [Int32]
  private var filled: [Int32]
  var touched = 0
  /// Number of symbols held in the block.
  private(set) var count = 0

  var cash: UnsafeMutablePointer<Double> { memory.base }
  var flowsIn: UnsafeMutablePointer<Double> { memory.base + MarkTable.blockBars }
  var flowsOut: UnsafeMutablePointer<Double> { memory.base + 2 * MarkTable.blockBars }
  var rows: UnsafePointer<UnsafePointer<Double>> { UnsafePointer(pointers.base) }
  var units: UnsafePointer<Double> { UnsafePointer(counts.base) }

  init(symbols: Int) {
    memory = AlignedBuffer(repeating: 0, count: 3 * MarkTable.blockBars)
    pointers = AlignedBuffer(repeating: UnsafePointer(memory.base), count: symbols)
    counts = AlignedBuffer(repeating: 0, count: symbols)
    scratch = AlignedBuffer(repeating: 0, count: 16 * MarkTable.blockBars)
    rowOf = Array(repeating: -1, count: symbols)
    filled = Array(repeating: 0, count: symbols)
  }

  func clearFlows() { flowsIn.update(repeating: 0, count: 2 * MarkTable.blockBars) }

  /// Values of a symbol up to a place, whose units change there.
  mutating func touch(
    _ slot: Int, _ units: Double, upTo place: Int, _ marks: UnsafePointer<Double>
  ) {
    if rowOf[slot] < 0 {
      if (touched + 1) * MarkTable.blockBars > scratch.count { grow() }
      (rowOf[slot], filled[slot]) = (Int32(touched), 0)
      touched += 1
    }
    fill(slot, units, upTo: place, marks)
    filled[slot] = Int32(max(Int(filled[slot]), place))
  }

  private func fill(_ slot: Int, _ units: Double, upTo place: Int, _ marks: UnsafePointer<Double>) {
    let row = scratch.base + Int(rowOf[slot]) * MarkTable.blockBars
    let from = Int(filled[slot])
    if from >= place { return }
    if units == 0 {
      (row + from).update(repeating: 0, count: place - from)
    } else {
      for place in from..<place { row[place] = units * marks[place] }
    }
  }

  private mutating func grow() {
    let larger = AlignedBuffer(repeating: 0.0, count: 2 * scratch.count)
    larger.base.update(from: scratch.base, count: scratch.count)
    scratch = larger
  }

  /// All that is held in the block, in the order of first mention.
  mutating func close(
    _ units: [Double], _ instruments: [Int], _ table: MarkTable, _ block: Int
  ) {
    count = 0
    for slot in units.indices {
      if touched > 0, rowOf[slot] >= 0 {
        fill(slot, units[slot], upTo: MarkTable.blockBars, table.row(block, instruments[slot]))
        pointers.base[count] = UnsafePointer(
          scratch.base + Int(rowOf[slot]) * MarkTable.blockBars)
        counts.base[count] = 1
        rowOf[slot] = -1
      } else if units[slot] != 0 {
        pointers.base[count] = table.row(block, instruments[slot])
        counts.base[count] = units[slot]
      } else {
        continue
      }
      count += 1
    }
  }
}
