import Kernels
import Market
import Metrics

/// Simulates one range of parameter sets for one symbol after another, block of bars by block of bars.
final class AccountWorker {
  let sets: Range<Int>
  private let engine: AccountEngine
  private let laneRun: LaneRun
  private let program: any LaneProgram
  private let evaluator: any LaneEvaluator
  private let columns: SymbolColumns
  private let terms: [LaneTerms]
  private let keepsRecord: Bool
  private let audits: Bool

  /// An account and what trades it.
  private final class Lane {
    var account: Account
    var trader: SignalTrader
    var desk = OrderDesk(symbolCount: 1)
    let place: Int

    init(_ account: consuming Account, _ trader: SignalTrader, place: Int) {
      self.account = account
      self.trader = trader
      self.place = place
    }

    func trade(block: Int, upTo end: Int, _ signals: SignalPointers, _ levels: LaneLevels) {
      trader.begin(block: block, signals, levels)
      account.trade(&trader, &desk, upTo: end)
    }
  }

  init(
    engine: AccountEngine, sets: Range<Int>, keepsRecord: Bool, audits: Bool = false
  ) throws {
    self.engine = engine
    self.sets = sets
    self.keepsRecord = keepsRecord
    self.audits = audits
    let run = engine.run
    laneRun = LaneRun(
      panel: run.panel, symbols: run.symbols, strategy: engine.strategy, rules: LaneRules(),
      cash: run.cash, window: run.window, historyStart: run.signalStart ?? run.historyStart,
      riskFree: run.riskFree,
      minimumAcceptable: run.minimumAcceptable)
    program = try engine.strategy.program(sets: sets)
    evaluator = program.makeEvaluator(kernels: engine.kernels)
    columns = SymbolColumns(run: laneRun)
    terms = engine.strategy.terms(of: sets)
  }

  /// Takes each set with its record, which without `keepsRecord` is its summary alone, and what an audit found first.
  func simulate(symbol: Int, finished: (Int, LaneRecord, LedgerIdentity.Fault?) -> Void) {
    columns.begin(symbol: laneRun.symbols[symbol])
    evaluator.begin(run: laneRun, symbol: symbol, firstPrice: columns.firstPrice)
    let lanes = lanes(of: symbol)
    if audits { for lane in lanes { lane.account.beginAudit() } }
    let window = laneRun.window
    var bar = 0
    while bar < columns.bars {
      let count = min(LaneEngine.blockBars, columns.bars - bar)
      columns.load(from: bar, count: count)
      evaluator.advance(fields: columns.fields, count: count)
      let block = laneRun.historyStart + bar - window.lowerBound
      let end = min(laneRun.historyStart + bar + count, window.upperBound)
      var next = 0
      var bundle = 0
      while next < lanes.count {
        let signals = evaluator.signals(of: bundle)
        while next < lanes.count, lanes[next].place / bundleWidth == bundle {
          let lane = lanes[next]
          next += 1
          if end <= window.lowerBound { continue }
          let levels = evaluator.levels(of: bundle, lane: lane.place % bundleWidth)
          lane.trade(block: block, upTo: end, signals, levels)
        }
        bundle += 1
      }
      bar += count
    }
    for lane in lanes { report(lane, finished) }
  }

  private func lanes(of symbol: Int) -> [Lane] {
    let feed = BarFeed(engine.run(symbol: symbol))
    var lanes: [Lane] = []
    for (place, set) in program.sets.enumerated() where set >= 0 {
      lanes.append(
        Lane(
          Account(
            feed, warmupBars: 0, needsOpen: engine.needsOpen, startsAtWindow: true,
            keepsRecord: keepsRecord),
          SignalTrader(
            terms: terms[set - sets.lowerBound], placeInBundle: place % bundleWidth,
            timeInForce: engine.timeInForce, fill: engine.run.rules.fill),
          place: place))
    }
    return lanes
  }

  private func report(
    _ lane: Lane, _ finished: (Int, LaneRecord, LedgerIdentity.Fault?) -> Void
  ) {
    lane.account.broker.ledger.summary.conflictingSignals = lane.trader.conflicts
    var record = lane.account.finish()
    let warmUntil = min(
      columns.firstPrice + program.warmups[lane.place],
      laneRun.window.upperBound - laneRun.historyStart)
    record.summary.warmBars = max(
      0, warmUntil - (laneRun.window.lowerBound - laneRun.historyStart))
    finished(program.sets[lane.place], record, lane.account.fault)
  }
}
