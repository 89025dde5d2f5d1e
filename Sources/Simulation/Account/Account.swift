import Market
import Metrics

/// One account under the rule book, between two bars: prices, ledger, orders, and what a strategy sees.
@usableFromInline
struct Account: ~Copyable {
  /// Whether a strategy is asked for a decision at a bar.
  @usableFromInline
  enum Stage {
    case observes, decides, rests
  }

  let run: AccountRun
  var broker: Broker
  @usableFromInline let listing: Listing
  @usableFromInline var view: BarView
  @usableFromInline var stage = Stage.rests
  /// Bar of the panel that a strategy first decides at.
  private let firstDecision: Int
  private let isSameClose: Bool
  private var now: Int
  private var lastTime: Int64 = 0
  private var warmBars = 0
  /// Checks the books after each bar, and what it found first.
  private var identity: LedgerIdentity?
  private(set) var fault: LedgerIdentity.Fault?

  /// - Parameters:
  ///   - warmupBars: bars from the first with a price on that pass before the first decision.
  ///   - keepsRecord: whether fills, orders and the state after each bar are kept.
  @usableFromInline
  init(_ run: AccountRun, warmupBars: Int, keepsRecord: Bool) {
    self.init(BarFeed(run), warmupBars: warmupBars, needsOpen: true, keepsRecord: keepsRecord)
  }

  /// - Parameters:
  ///   - needsOpen: whether a bar needs an open to trade.
  ///   - startsAtWindow: whether the bars before the window are left out.
  init(
    _ feed: BarFeed, warmupBars: Int, needsOpen: Bool, startsAtWindow: Bool = false,
    keepsRecord: Bool
  ) {
    let run = feed.run
    self.run = run
    let minimum = LaneSummary.ratePerBar(
      annual: run.minimumAcceptable, barsPerYear: run.barsPerYear)
    let ledger = Ledger(
      symbolCount: run.symbols.count, cash: run.cash, rules: run.rules, flows: run.flows,
      actions: run.actions, minimumAcceptablePerBar: minimum, keepsReturns: run.keepsReturns,
      keepsRecord: keepsRecord)
    broker = Broker(feed: feed, ledger: ledger, needsOpen: needsOpen)
    listing = Listing(run)
    view = BarView(
      feed: feed, positions: UnsafePointer(broker.positions.base), first: run.historyStart,
      windowStart: run.window.lowerBound, symbolCount: run.symbols.count, cash: run.cash)
    now = (startsAtWindow ? run.window.lowerBound : run.historyStart) - 1
    isSameClose = run.rules.fill == .sameClose
    var first = run.historyStart
    while warmupBars > 0, first < run.window.upperBound,
      !feed.hasPrice(first - run.window.lowerBound)
    {
      first += 1
    }
    firstDecision = min(first + max(0, warmupBars), run.window.upperBound)
    warmBars = max(0, firstDecision - run.window.lowerBound)
  }

  /// Takes the next bar up to the strategy's decision; false after the last.
  @usableFromInline
  mutating func advance(upTo end: Int) -> Bool {
    if now + 1 >= end { return false }
    now += 1
    view.now = now
    if now < run.window.lowerBound {
      stage = .observes
      return true
    }
    let time = view.times[now]
    broker.begin(elapsedNs: now == run.window.lowerBound ? 0 : time - lastTime)
    lastTime = time
    broker.trade()
    if isSameClose {
      broker.markAtClose()
      view.equity = broker.ledger.currentEquity
    } else {
      broker.finish()
      view.equity = broker.ledger.equity
      if identity != nil { check() }
    }
    view.cash = broker.ledger.cash
    if broker.hasNewOrders { listOrders() }
    view.closedTrades = broker.ledger.summary.trades
    stage = broker.ledger.isRuined ? .rests : now >= firstDecision ? .decides : .observes
    return true
  }

  /// Tells the view which orders are open; only where that has changed.
  @inline(never)
  private mutating func listOrders() {
    broker.hasNewOrders = false
    view.openOrders.removeAll(keepingCapacity: true)
    for order in broker.orders where order.state != .ended { view.openOrders.append(order.id) }
  }

  /// Takes in what a strategy left on the desk.
  @usableFromInline
  @inline(never)
  mutating func accept(_ desk: inout OrderDesk) {
    for request in desk.requests {
      switch request {
      case .submit(let order, let id): broker.take(order, id)
      case .cancel(let id): broker.cancel(id)
      case .cancelAll(let symbol): broker.cancelAll(symbol: symbol)
      }
    }
    desk.requests.removeAll(keepingCapacity: true)
    broker.prune()
  }

  /// Ends the bar after the decision.
  @usableFromInline
  mutating func settle() {
    if !isSameClose || now < run.window.lowerBound { return }
    broker.tradeSameClose()
    broker.finish()
    if identity != nil { check() }
  }

  /// From now on, checks the books after each bar; for an account that keeps its record.
  @usableFromInline
  mutating func beginAudit() { identity = LedgerIdentity(broker.ledger) }

  private mutating func check() {
    do throws(LedgerIdentity.Fault) {
      try identity?.check(broker.ledger, bar: broker.bar)
    } catch {
      fault = fault ?? error
    }
  }

  /// What the audit found first.
  @usableFromInline
  func endAudit() throws(LedgerIdentity.Fault) {
    if let fault { throw fault }
  }

  /// The loop over bars up to one of the panel, compiled for a strategy.
  @inlinable
  mutating func trade<S: Strategy>(_ strategy: inout S, _ desk: inout OrderDesk, upTo end: Int) {
    while advance(upTo: end) {
      switch stage {
      case .decides:
        strategy.decide(view, &desk)
        if !desk.requests.isEmpty { accept(&desk) }
      case .observes: strategy.observe(view)
      case .rests: break
      }
      settle()
    }
  }

  /// What is known after the last bar; without a record its summary alone.
  @usableFromInline
  func finish() -> LaneRecord {
    var summary = LaneSummary()
    summary.bars = run.window.count
    summary.barsPerYear = run.barsPerYear
    summary.calendarDays = run.calendarDays
    summary.riskFreePerBar = LaneSummary.ratePerBar(
      annual: run.riskFree, barsPerYear: run.barsPerYear)
    summary.minimumAcceptablePerBar = LaneSummary.ratePerBar(
      annual: run.minimumAcceptable, barsPerYear: run.barsPerYear)
    summary.warmBars = warmBars
    if broker.ledger.record != nil { return broker.ledger.finishedRecord(summary) }
    var record = LaneRecord()
    record.summary = summary
    broker.ledger.complete(&record.summary)
    return record
  }
}
