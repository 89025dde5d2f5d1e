import Dispatch
import Kernels
import Market
import Metrics
import Synchronization

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
  /// Lanes in a tile, at most.
  public let tileLanes: Int

  /// Bars that evaluators and kernel handle at a time.
  public static let blockBars = laneBlockBars

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
    if run.keepsReturns { run.rules.keepsExtendedSums = true }
    run.rules.minimumAcceptable = run.perBar(run.minimumAcceptable)
    self.run = run
    self.kernels = kernels
    self.workers = workers
    let sets = run.strategy.setCount
    let share = (run.laneCount + workers * 2 - 1) / (workers * 2)
    var lanes = tileLanes ?? max(64, min(2048, share))
    if run.keepsReturns {
      let vectors = max(1, Self.returnsBytes / (max(1, run.window.count) * 64))
      lanes = min(lanes, vectors * laneWidth)
    }
    self.tileLanes = max(1, min(lanes, sets))
  }

  private var tilesPerSymbol: Int { (run.strategy.setCount + tileLanes - 1) / tileLanes }

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
    let tiles = tilesPerSymbol * run.symbols.count
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: min(workers, max(1, tiles))) { _ in
      var worker: TileWorker?
      while true {
        let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if tile >= tiles || isCancelled() || failure.withLock({ $0 != nil }) { return }
        // All symbols of one range of sets follow each other, so that a worker compiles a range once.
        let range = tile / run.symbols.count
        let symbol = tile % run.symbols.count
        let sets = range * tileLanes..<min((range + 1) * tileLanes, run.strategy.setCount)
        do {
          if worker?.sets != sets { worker = try TileWorker(engine: self, sets: sets) }
        } catch {
          failure.withLock { $0 = $0 ?? error }
          return
        }
        worker?.simulate(symbol: symbol, finished: finished)
        done.wrappingAdd(1, ordering: .relaxed)
        progress(sets.count)
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return done.load(ordering: .relaxed) == tiles
  }
}
