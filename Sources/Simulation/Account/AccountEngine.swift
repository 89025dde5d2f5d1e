import Kernels
import Market
import Metrics

/// Runs the lanes of a signal strategy through the rule book: one account of one symbol a lane.
///
/// Lanes count symbols slowest and parameter sets fastest, as those of `LaneRun` do.
///
/// On what the vector kernel can do too, both fill the same orders at the same prices.
public struct AccountEngine: LaneSimulator {
  /// Prices, rules and cash; each lane trades one of its symbols.
  public let run: AccountRun
  /// Signals, levels and terms.
  public let strategy: any LaneStrategy
  /// Loops for signals.
  public let kernels: KernelTable
  /// Number of workers.
  public let workers: Int
  /// How long entries with a limit or stop price live.
  public let timeInForce: Order.TimeInForce
  let tileLanes: Int

  /// An engine for lanes.
  ///
  /// `tileLanes`, the parameter sets that a worker takes at a time, is chosen from the size of the run unless given.
  public init(
    run: AccountRun, strategy: any LaneStrategy, kernels: KernelTable, workers: Int,
    timeInForce: Order.TimeInForce = .gtc, tileLanes: Int? = nil
  ) {
    precondition(workers > 0, "at least one worker")
    precondition(run.rules.maintenanceMargin >= 1, "a short is liquidated while it has equity")
    self.run = run
    self.strategy = strategy
    self.kernels = kernels
    self.workers = workers
    self.timeInForce = timeInForce
    // A bundle shares its signals; fewer keep all workers busy.
    let share = strategy.setCount * run.symbols.count / (workers * 4)
    self.tileLanes = max(1, tileLanes ?? min(bundleWidth, max(1, share / 8 * 8)))
  }

  /// Number of lanes.
  public var laneCount: Int { run.symbols.count * strategy.setCount }

  /// Simulates every lane that is not done yet, tile by tile; see `LaneSimulator`.
  public func simulateTiles<Tile>(
    without done: RangeSet<Int> = RangeSet(), isCancelled: @Sendable () -> Bool = { false },
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool {
    let sets = strategy.setCount
    let ranges = (sets + tileLanes - 1) / tileLanes
    let loop = TileLoop(tiles: ranges * run.symbols.count, workers: workers)
    return try loop.run(isCancelled: isCancelled, room: { AccountWorker?.none }) { tile, worker in
      // All symbols of one range of sets follow each other, so that a worker compiles a range once.
      let symbol = tile % run.symbols.count
      let first = tile / run.symbols.count * tileLanes
      let start = symbol * sets
      let lanes = start + first..<start + min(sets, first + tileLanes)
      for part in lanes.without(done) {
        let range = part.lowerBound - start..<part.upperBound - start
        if worker?.sets != range {
          worker = try AccountWorker(engine: self, sets: range, keepsRecord: false)
        }
        let held = begin(part)
        worker?.simulate(symbol: symbol) { set, record, _ in
          take(held, start + set, record.summary)
        }
        try end(held)
      }
    }
  }

  /// Simulates one lane again and keeps everything; every number equals the sweep's.
  public func replay(lane: Int) throws -> LaneRecord {
    try record(lane: lane, audits: false).record
  }

  /// Simulates one lane as `replay` does, and proves after each bar that the books add up.
  ///
  /// - Throws: `LedgerIdentity.Fault` for what does not.
  public func audit(lane: Int) throws -> LaneRecord {
    let (record, fault) = try record(lane: lane, audits: true)
    if let fault { throw fault }
    return record
  }

  private func record(lane: Int, audits: Bool) throws -> (
    record: LaneRecord, fault: LedgerIdentity.Fault?
  ) {
    precondition(lane >= 0 && lane < laneCount, "no lane \(lane)")
    let (symbol, set) = lane.quotientAndRemainder(dividingBy: strategy.setCount)
    let worker = try AccountWorker(
      engine: self, sets: set..<set + 1, keepsRecord: true, audits: audits)
    var result = (LaneRecord(), LedgerIdentity.Fault?.none)
    worker.simulate(symbol: symbol) { result = ($1, $2) }
    return result
  }

  /// The run of one symbol.
  func run(symbol: Int) -> AccountRun {
    var run = run
    run.symbols = [run.symbols[symbol]]
    run.actions = run.actions.of(symbol: symbol)
    return run
  }

  /// Whether a bar needs an open to trade: not where all happens at closes.
  var needsOpen: Bool {
    run.rules.fill == .nextOpen || strategy.entersShort || strategy.hasLevels
      || strategy.pricesOrders || run.rules.leverage > 1
  }
}

extension LedgerActions {
  /// The actions of one symbol, as those of the only one.
  func of(symbol: Int) -> LedgerActions {
    if rows.isEmpty { return self }
    return LedgerActions(
      rows.filter { $0.symbol == symbol }.map { Row(bar: $0.bar, symbol: 0, event: $0.event) })
  }
}
