import Dispatch
import Synchronization

/// Tiles that workers take one after the other from a counter, until all are done, one fails, or somebody stops them.
package struct TileLoop: Sendable {
  /// Number of tiles.
  let tiles: Int
  /// Number of workers.
  let workers: Int

  package init(tiles: Int, workers: Int) {
    self.tiles = tiles
    self.workers = workers
  }

  /// Takes every tile once.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before each tile; when it answers true, tiles that have begun are finished and no more are.
  ///   - room: what a worker keeps from tile to tile; made once for each.
  ///   - body: takes a tile by its number; called by workers at the same time.
  /// - Returns: whether all tiles were taken.
  /// - Throws: the first error of `body`; other tiles that have begun are finished.
  package func run<Room: ~Copyable>(
    isCancelled: @Sendable () -> Bool, room: @Sendable () -> Room,
    _ body: @Sendable (Int, inout Room) throws -> Void
  ) throws -> Bool {
    let next = Atomic<Int>(0)
    let finished = Atomic<Int>(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: min(workers, max(1, tiles))) { _ in
      var room = room()
      while true {
        let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if tile >= tiles || isCancelled() || failure.withLock({ $0 != nil }) { return }
        do {
          try body(tile, &room)
        } catch {
          failure.withLock { $0 = $0 ?? error }
          return
        }
        finished.wrappingAdd(1, ordering: .relaxed)
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return finished.load(ordering: .relaxed) == tiles
  }
}
