import Kernels
import Market
import Metrics

/// Runs the lanes of a plan on all cores: eight lanes a vector, block of bars by block of bars.
///
/// Workers take tiles of contiguous lanes from an atomic counter. A lane's result depends on nothing but the lane, so any
/// number of workers and any tile size give the same bits.
public struct LaneEngine: Sendable {
  /// What to run, with the rules that follow from it.
  public let run: LaneRun
  /// Loops of the chosen instruction set.
  public let kernels: KernelTable
  /// Number of workers.
  public let workers: Int
  /// Where the parameter sets of a symbol are cut into tiles, from 0 to their number.
  private let cuts: [Int]

  /// Bars that evaluators and kernel handle at a time.
  public static let blockBars = laneBlockBars

  // More would not fit the second-level cache.
  private static let mostLanes = 8192

  // A tile is the least that progress and an interruption wait for: about a second.
  private static let mostLaneBars = 2_000_000_000

  // Returns of a tile's lanes are held until its last bar; this bounds them for each worker.
  private static let returnsBytes = 64 << 20

  /// An engine for a run.
  ///
  /// `tileLanes` is chosen from the size of the run unless given.
  ///
  /// Levels are watched if the strategy needs it, returns are kept with the extended sums, and the minimum acceptable
  /// return of a bar follows from the annual one.
  public init(run: LaneRun, kernels: KernelTable, workers: Int, tileLanes: Int? = nil) {
    precondition(workers > 0, "at least one worker")
    precondition(run.rules.maintenance >= 1, "a short is liquidated while it has equity")
    var run = run
    if run.strategy.entersShort || run.strategy.hasLevels { run.rules.watchesLevels = true }
    run.rules.trails = run.strategy.trails
    run.rules.isInvested =
      run.strategy.commitsAll && !run.strategy.entersShort && run.rules.paysInProportion
    if run.keepsReturns || run.dayBounds != nil { run.rules.keepsExtendedSums = true }
    run.rules.minimumAcceptable = run.perBar(run.minimumAcceptable)
    self.run = run
    self.kernels = kernels
    self.workers = workers
    var most = min(Self.mostLanes, max(64, Self.mostLaneBars / max(1, run.window.count)))
    if run.keepsReturns {
      most = min(most, max(1, Self.returnsBytes / (max(1, run.window.count) * 64)) * laneWidth)
    }
    cuts = Self.cuts(run, workers, most: most, tileLanes)
  }

  private static func cuts(_ run: LaneRun, _ workers: Int, most: Int, _ given: Int?) -> [Int] {
    let sets = run.strategy.setCount
    // Each tile computes what its lanes share, so one symbol is cut into as few as keep all workers busy.
    if given == nil, run.symbols.count == 1, sets >= workers * 64, sets <= workers * most {
      return run.strategy.cuts(parts: workers)
    }
    let share = (run.laneCount + workers * 2 - 1) / (workers * 2)
    var lanes = min(given ?? max(64, (share + 7) / 8 * 8), most)
    if given == nil, lanes < sets {
      // Of equal size, as the last would compute as much of what lanes share.
      let parts = (sets + lanes - 1) / lanes
      lanes = ((sets + parts - 1) / parts + 7) / 8 * 8
    }
    return Array(stride(from: 0, to: sets, by: max(1, lanes))) + [sets]
  }

  private var tilesPerSymbol: Int { cuts.count - 1 }

  /// Simulates every lane.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before each tile; when it answers true, tiles that have begun are finished and no more are.
  ///   - finished: takes a lane's id and summary; called by workers at the same time, once for each lane.
  ///   - progress: takes the number of lanes finished by a tile; called by workers.
  /// - Returns: whether all lanes were simulated.
  public func simulate(
    isCancelled: @Sendable () -> Bool = { false },
    progress: @Sendable (Int) -> Void = { _ in },
    finished: @Sendable (Int, LaneSummary) -> Void
  ) throws -> Bool {
    try simulateTiles(
      isCancelled: isCancelled, begin: { $0 }, take: { finished($1, $2) },
      end: { progress($0.count) })
  }

  /// Simulates every lane that is not done yet, tile by tile.
  ///
  /// A tile is a range of neighbouring lanes: one symbol, some parameter sets. One worker takes it from its begin to its
  /// end; workers do so at the same time.
  ///
  /// - Parameters:
  ///   - done: lanes that are left out.
  ///   - isCancelled: asked before each tile; when it answers true, tiles that have begun are finished and no more are.
  ///   - begin: takes the lanes of a tile and makes what will hold them.
  ///   - take: takes the tile, a lane's id and its summary, once for each of its lanes.
  ///   - end: takes the tile when all its lanes were taken.
  /// - Returns: whether all lanes were simulated.
  /// - Throws: what `end` or the strategy throws; other tiles that have begun are finished.
  public func simulateTiles<Tile>(
    without done: RangeSet<Int> = RangeSet(), isCancelled: @Sendable () -> Bool = { false },
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool {
    let count = run.strategy.setCount
    let loop = TileLoop(tiles: tilesPerSymbol * run.symbols.count, workers: workers)
    return try loop.run(isCancelled: isCancelled, room: { TileWorker?.none }) { tile, worker in
      // All symbols of one range of sets follow each other, so that a worker compiles a range once.
      let range = tile / run.symbols.count
      let symbol = tile % run.symbols.count
      let start = symbol * count
      for lanes in (start + cuts[range]..<start + cuts[range + 1]).without(done) {
        let sets = lanes.lowerBound - start..<lanes.upperBound - start
        if worker?.sets != sets { worker = try TileWorker(engine: self, sets: sets) }
        let part = begin(lanes)
        worker?.simulate(symbol: symbol) { take(part, $0, $1) }
        try end(part)
      }
    }
  }
}
