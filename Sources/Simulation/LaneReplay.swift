import Kernels
import Market
import Metrics

/// The full record of one lane, by bar and by event.
public struct LaneRecord: Sendable {
  /// One order and what became of it.
  public struct Order: Sendable, Equatable {
    /// What an order asks for.
    public enum Kind: String, Sendable {
      /// Buy to open.
      case enterLong = "enter_long"
      /// Sell to open.
      case enterShort = "enter_short"
      /// Close the position.
      case exit
    }
    /// What became of an order.
    public enum Status: String, Sendable {
      /// It was filled.
      case filled
      /// The account could not pay for it.
      case rejected
      /// A stop, target or liquidation closed the position first, or the lane was ruined.
      case cancelled
      /// It waits after the last bar.
      case open
    }
    /// Bar of the signal.
    public var bar: Int
    /// What it asks for.
    public var kind: Kind
    /// What became of it.
    public var status: Status
    /// Bar of the fill or rejection; nil for other orders.
    public var settledBar: Int?
    /// Position of the symbol in the run; 0 where a lane has one symbol.
    public var symbol = 0
    /// `market`, `limit`, `stop`, `stop_limit`, `trailing_stop`, `on_open`, `on_close`.
    public var type = "market"
    /// Units asked for, signed; NaN where the size is settled at the fill.
    public var units = Double.nan
    /// Units filled so far, signed.
    public var filledUnits = Double.nan
    /// Limit price; NaN for none.
    public var limit = Double.nan
    /// Trigger price; NaN for none.
    public var stop = Double.nan
    /// Why it was rejected, cancelled or scaled; empty otherwise.
    public var reason = ""
  }

  /// One round trip, or the position that is still open.
  public struct Trade: Sendable, Equatable {
    /// Bar of the entry.
    public var entryBar: Int
    /// Bar of the exit; nil while open.
    public var exitBar: Int?
    /// Units, negative when short.
    public var units: Double
    /// Price paid or received at the entry.
    public var entryPrice: Double
    /// Price at the exit; the last mark while open.
    public var exitPrice: Double
    /// Equity after the exit, or now, less equity before the entry.
    public var profit: Double
    /// Profit over equity before the entry.
    public var profitFraction: Double
    /// Why the position was closed; nil while open.
    public var cause: FillRecord.Cause?
    /// Position of the symbol in the run; 0 where a lane has one symbol.
    public var symbol = 0
  }

  /// Equity after each bar.
  public var equity: [Double] = []
  /// Cash after each bar; for a short position it includes the proceeds.
  public var cash: [Double] = []
  /// Units held after each bar; a row of N for each bar of a portfolio.
  public var units: [Double] = []
  /// Value of the position over equity, after each bar; of all positions, shorts counted below zero.
  public var exposure: [Double] = []
  /// Every change of position, and every rejection.
  public var fills: [FillRecord] = []
  /// Every order.
  public var orders: [Order] = []
  /// Every round trip.
  public var trades: [Trade] = []
  /// What came in and went out, as far as there was cash for it.
  public var flows: [CashFlow] = []
  /// What the sweep would have reported, to the bit.
  public var summary = LaneSummary()
}

extension LaneEngine {
  /// Simulates one lane again and keeps everything.
  ///
  /// It runs the same kernel as a sweep, bar by bar along its careful route, so every number equals the sweep's.
  public func replay(lane: Int) throws -> LaneRecord {
    var recorder = LaneRecorder(fill: run.rules.fill)
    var returns: [Double] = []
    let keepsReturns = run.keepsReturns || run.dayBounds != nil
    let summary = try walk(lane: lane, keepsReturns: keepsReturns) { bar in
      recorder.record(bar)
      if keepsReturns { returns.append(bar.gain) }
    }
    var record = recorder.finish()
    record.summary = summary
    if keepsReturns { record.summary.returns = returns }
    return record
  }

  /// Equity of one lane after each bar: that of its replay, and nothing else.
  public func equity(lane: Int) throws -> [Double] {
    var equity: [Double] = []
    equity.reserveCapacity(run.window.count)
    _ = try walk(lane: lane, keepsReturns: false) { equity.append($0.equity) }
    return equity
  }

  /// A lane after a bar.
  fileprivate struct WalkedBar {
    var bar: Int
    /// Of a vector whose first place is the lane: copies of it would cost more than the bar.
    var state: UnsafePointer<LaneState>
    var mark: Double
    var gain: Double
    var fills: UnsafeBufferPointer<FillRecord>

    var isRuined: Bool { state.pointee.ruined[0] != 0 }
    var equity: Double { isRuined ? state.pointee.ruinEquity[0] : state.pointee.equity[0] }
  }

  /// Takes one lane through its bars.
  private func walk(lane: Int, keepsReturns: Bool, each: (WalkedBar) -> Void) throws -> LaneSummary
  {
    precondition(lane >= 0 && lane < run.laneCount, "no lane \(lane)")
    let place = run.place(of: lane)
    let program = try run.strategy.program(sets: place.set..<place.set + 1)
    let evaluator = program.makeEvaluator(kernels: kernels)
    let columns = SymbolColumns(run: run)
    columns.begin(symbol: run.symbols[place.symbol])
    evaluator.begin(run: run, symbol: place.symbol, firstPrice: columns.firstPrice)
    let sets = program.sets.prefix(laneWidth)
    guard sets[0] == place.set else { preconditionFailure("a single set takes the first place") }

    let state = AlignedBuffer(
      repeating: run.freshState(
        sets: sets, first: place.set, terms: [run.strategy.terms(of: place.set)]), count: 1)
    let room = AlignedBuffer(
      repeating: FillRecord(
        bar: 0, cause: .entry, price: 0, fillPrice: 0, units: 0, commission: 0, cashAfter: 0),
      count: 8)
    let gain = AlignedBuffer(repeating: Vector.zero, count: 1)
    let work = AlignedBuffer<UInt64>(repeating: 0, count: LaneBlock.workWords)
    let firstTrading = run.window.lowerBound - run.historyStart
    var bar = 0
    while bar < columns.bars {
      let count = min(Self.blockBars, columns.bars - bar)
      columns.load(from: bar, count: count)
      evaluator.advance(fields: columns.fields, count: count)
      let signals = evaluator.signals(of: 0)
      for offset in 0..<count where bar + offset >= firstTrading {
        var log = FillLog(records: room.base)
        var block = LaneBlock(
          prices: columns.prices.advanced(by: offset),
          signals: signals.advanced(by: offset), work: work.base)
        block.count = 1
        block.firstBar = bar + offset - firstTrading
        if keepsReturns { block.returns = gain.base }
        kernels.run(state.base, 1, block, run.rules, true, &log)
        each(
          WalkedBar(
            bar: block.firstBar, state: UnsafePointer(state.base),
            mark: columns.prices.mark[offset], gain: gain[0][0],
            fills: UnsafeBufferPointer(start: log.records, count: log.count)))
      }
      if run.rules.isInvested { state.base[0].keepNothing() }
      bar += count
    }
    var summary = run.emptySummary
    run.complete(
      &summary, from: state.base, lane: 0, warmup: program.warmups[0],
      firstPrice: columns.firstPrice)
    return summary
  }
}

/// Turns the states between bars into orders and trades.
private struct LaneRecorder {
  let fill: FillMoment
  private var record = LaneRecord()
  private var pending = 0.0
  private var equityBefore = 0.0
  private var lastMark = 0.0

  init(fill: FillMoment) { self.fill = fill }

  mutating func record(_ walked: LaneEngine.WalkedBar) {
    let (bar, mark, state) = (walked.bar, walked.mark, walked.state)
    let isRuined = walked.isRuined
    let waiting = state.pointee.pending[0]
    for fill in walked.fills { settle(fill, bar) }
    if pending != 0, waiting != pending { drop(isRuined ? .ruined : .positionClosed) }
    if waiting != 0, pending == 0 {
      var order = LaneRecord.Order(bar: bar, kind: kind(waiting), status: .open, settledBar: nil)
      order.filledUnits = 0
      record.orders.append(order)
    }
    pending = waiting
    if isRuined, let last = record.trades.indices.last, record.trades[last].exitBar == nil {
      close(last, bar: bar, price: mark, equity: walked.equity, cause: .liquidation)
    }
    let (equity, units) = (walked.equity, state.pointee.units[0])
    record.equity.append(equity)
    record.cash.append(isRuined ? equity : state.pointee.cash[0])
    record.units.append(units)
    record.exposure.append(units == 0 ? 0 : units * mark / equity)
    lastMark = mark
  }

  private func kind(_ pending: Double) -> LaneRecord.Order.Kind {
    pending == 2 ? .exit : pending > 0 ? .enterLong : .enterShort
  }

  /// Books a fill: against the order that waits, or one that was placed and filled at the same close.
  private mutating func settle(_ fill: FillRecord, _ bar: Int) {
    record.fills.append(fill)
    switch fill.cause {
    case .entry, .rejection, .exit:
      if pending == 0 {
        let kind: LaneRecord.Order.Kind =
          fill.cause == .exit ? .exit : fill.units < 0 ? .enterShort : .enterLong
        record.orders.append(
          LaneRecord.Order(bar: bar, kind: kind, status: .open, settledBar: nil))
      }
      if let last = record.orders.indices.last {
        let isRejected = fill.cause == .rejection
        record.orders[last].status = isRejected ? .rejected : .filled
        record.orders[last].settledBar = bar
        record.orders[last].filledUnits = fill.units
        if isRejected { record.orders[last].reason = OrderReason.cash.name }
      }
      pending = 0
    case .stop, .target, .liquidation:
      if pending == 2 { drop(.positionClosed) }
    case .delisting, .cashInLieu, .reinvestment, .rebalance:
      preconditionFailure("the vector kernel fills nothing of the kind")
    }
    if fill.cause == .entry {
      let before = fill.cashAfter + fill.units * fill.fillPrice + fill.commission
      equityBefore = before
      record.trades.append(
        LaneRecord.Trade(
          entryBar: bar, exitBar: nil, units: fill.units, entryPrice: fill.fillPrice,
          exitPrice: .nan, profit: .nan, profitFraction: .nan, cause: nil))
    } else if fill.cause != .rejection, let last = record.trades.indices.last {
      close(last, bar: bar, price: fill.fillPrice, equity: fill.cashAfter, cause: fill.cause)
    }
  }

  private mutating func drop(_ reason: OrderReason) {
    if let last = record.orders.indices.last {
      record.orders[last].status = .cancelled
      record.orders[last].reason = reason.name
    }
    pending = 0
  }

  private mutating func close(
    _ trade: Int, bar: Int?, price: Double, equity: Double, cause: FillRecord.Cause?
  ) {
    record.trades[trade].exitBar = bar
    record.trades[trade].exitPrice = price
    record.trades[trade].profit = equity - equityBefore
    record.trades[trade].profitFraction = (equity - equityBefore) / equityBefore
    record.trades[trade].cause = cause
  }

  mutating func finish() -> LaneRecord {
    if let last = record.trades.indices.last, record.trades[last].exitBar == nil {
      close(last, bar: nil, price: lastMark, equity: record.equity.last ?? .nan, cause: nil)
    }
    return record
  }
}
