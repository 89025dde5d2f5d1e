import Kernels
import Market
import Metrics

/// Runs portfolios with shared cash on all cores: an account for each set of target weights.
///
/// Accounts go through the ledger, bar by bar. Portfolios of fixed weights at costs in proportion go by products of matrices
/// where nothing else is asked for (`FixedWeightRoute`), which gives the same to rounding.
public struct PortfolioEngine: LaneSimulator {
  /// What to run.
  public let run: PortfolioRun
  /// Loops of the chosen instruction set.
  public let kernels: KernelTable
  /// Number of workers.
  public let workers: Int
  private let tileLanes: Int
  private let decisions: [Int]
  private let actions: LedgerActions
  private let fixed: FixedWeightRoute?

  // Positions of a tile's accounts are touched again at each decision; this bounds them for each worker.
  private static let tileBytes = 64 << 20

  // A tile is the least that progress and an interruption wait for.
  private static let mostLanes = 256

  /// An engine for a run.
  ///
  /// - Parameters:
  ///   - tileLanes: chosen from the size of the run unless given.
  ///   - byMatrices: whether products of matrices may be used where they can.
  public init(
    run: PortfolioRun, kernels: KernelTable, workers: Int, tileLanes: Int? = nil,
    byMatrices: Bool = true
  ) {
    precondition(workers > 0, "at least one worker")
    var run = run
    run.rebalance.gradualBars = max(1, run.rebalance.gradualBars)
    self.run = run
    self.kernels = kernels
    self.workers = workers
    decisions =
      RebalanceBars(run.rebalance, panel: run.panel, window: run.window, zone: run.zone).bars
    actions = run.actionsWithEnds()
    let bytes = max(1, run.symbols.count) * (MemoryLayout<LedgerPosition>.stride + 8)
    let returns = run.keepsReturns ? run.window.count * 8 : 0
    let share = (run.weights.setCount + workers * 2 - 1) / (workers * 2)
    self.tileLanes = max(
      1, tileLanes ?? min(share, Self.mostLanes, Self.tileBytes / (bytes + returns)))
    fixed =
      byMatrices
      ? FixedWeightRoute(run: run, decisions: decisions, actions: actions, workers: workers) : nil
  }

  /// Number of lanes: one for each set of weights.
  public var laneCount: Int { run.weights.setCount }

  /// Whether portfolios go by products of matrices.
  public var goesByMatrices: Bool { fixed != nil }

  /// The kernels of the library that products of matrices go through; see `LaneSimulator`.
  public var blasCore: String? { fixed == nil ? nil : MatrixProduct.blasCore }

  /// Simulates every lane that is not done yet; see `LaneSimulator`.
  public func simulateTiles<Tile>(
    without done: RangeSet<Int> = RangeSet(), isCancelled: @Sendable () -> Bool = { false },
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool {
    let lanes = fixed == nil ? tileLanes : FixedWeightRoute.blockLanes
    let loop = TileLoop(tiles: (laneCount + lanes - 1) / lanes, workers: workers)
    return try loop.run(isCancelled: isCancelled, room: { Room() }) { tile, room in
      for range in (tile * lanes..<min(laneCount, (tile + 1) * lanes)).without(done) {
        let part = begin(range)
        if let fixed {
          let block = room.block ?? FixedWeightBlock(route: fixed, kernels: kernels)
          room.block = block
          block.simulate(range) { take(part, $0, $1) }
        } else {
          let worker = room.worker ?? PortfolioWorker(run)
          room.worker = worker
          simulate(range, worker) { take(part, $0, $1) }
        }
        try end(part)
      }
    }
  }

  /// What a worker keeps: one of the two, by the route.
  private struct Room {
    var worker: PortfolioWorker?
    var block: FixedWeightBlock?
  }

  /// Takes neighbouring lanes through all bars: from decision to decision, lane after lane, so that weights are asked for bar by bar.
  private func simulate(
    _ range: Range<Int>, _ worker: PortfolioWorker, finished: (Int, LaneSummary) -> Void
  ) {
    var lanes = range.map {
      PortfolioLane(set: $0, run: run, actions: actions, keepsRecord: false)
    }
    advance(&lanes, worker)
    for lane in lanes { finished(lane.set, lane.summary(run)) }
  }

  private func advance(_ lanes: inout [PortfolioLane], _ worker: PortfolioWorker) {
    let begins = run.rebalance.startsAtOnce ? Set(lanes.map(\.firstWarmBar)) : []
    var bar = 0
    var next = 0
    while bar < run.window.count {
      // A part ends with a decision of all lanes, or with a bar at which one of them begins.
      while next < decisions.count && decisions[next] < bar { next += 1 }
      var last = min(bar + PortfolioPrices.blockBars, run.window.count) - 1
      if next < decisions.count { last = min(last, decisions[next]) }
      if let begin = (bar...last).first(where: begins.contains) { last = begin }
      let decides = next < decisions.count && decisions[next] == last
      worker.prices.load(bar..<last + 1)
      for index in lanes.indices {
        for here in bar..<last { lanes[index].advance(here, decides: false, worker) }
        let isFirst = run.rebalance.startsAtOnce && lanes[index].firstWarmBar == last
        lanes[index].advance(last, decides: decides || isFirst, worker)
      }
      bar = last + 1
    }
  }

  /// Simulates one lane again and keeps everything; see `LaneSimulator`.
  ///
  /// Units have a row of N for each bar. Where the sweep went by products of matrices, summary and equity are what these
  /// gave, and fills, trades and cash are the ledger's: the same to rounding.
  public func replay(lane: Int) throws -> LaneRecord {
    precondition(lane >= 0 && lane < laneCount, "no lane \(lane)")
    let worker = PortfolioWorker(run)
    var lanes = [PortfolioLane(set: lane, run: run, actions: actions, keepsRecord: true)]
    advance(&lanes, worker)
    var record = lanes[0].record(run, worker)
    if let fixed {
      let block = FixedWeightBlock(route: fixed, kernels: kernels)
      block.simulate(lane..<lane + 1) { record.summary = $1 }
      record.equity = block.equity(of: lane)
    }
    return record
  }
}
