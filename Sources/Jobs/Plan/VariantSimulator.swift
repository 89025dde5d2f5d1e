import Kernels
import Metrics
import Simulation

/// The same lanes several times over, each time by another simulator: lane `k · V + v` is lane `k` of simulator `v`.
///
/// Wallets and bounds are such variants, whichever engine runs them.
struct VariantSimulator: LaneSimulator {
  private let parts: [any LaneSimulator]
  private let workers: Int
  /// Lanes of a part from one group to the next; no tile crosses it.
  private let stride: Int
  private let tileLanes: Int

  /// - Parameters:
  ///   - parts: simulators of one worker each, with the same number of lanes.
  ///   - stride: lanes of a group.
  ///   - workers: number of workers.
  ///   - tileLanes: most lanes of a part in a tile; nil to choose.
  init(_ parts: [any LaneSimulator], stride: Int, workers: Int, tileLanes: Int?) {
    precondition(!parts.isEmpty && parts.allSatisfy { $0.laneCount == parts[0].laneCount })
    self.parts = parts
    self.workers = workers
    self.stride = max(1, stride)
    let share = (parts[0].laneCount + workers * 4 - 1) / (workers * 4)
    self.tileLanes = min(max(1, tileLanes ?? max(64, share)), 8192)
  }

  var laneCount: Int { parts[0].laneCount * parts.count }

  var blasCore: String? { parts.lazy.compactMap(\.blasCore).first }

  func replay(lane: Int) throws -> LaneRecord {
    try parts[lane % parts.count].replay(lane: lane / parts.count)
  }

  func equity(lane: Int) throws -> [Double] {
    try parts[lane % parts.count].equity(lane: lane / parts.count)
  }

  func simulateTiles<Tile>(
    without done: RangeSet<Int>, isCancelled: @Sendable () -> Bool,
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool {
    let tiles = tiles
    let loop = TileLoop(tiles: tiles.count, workers: workers)
    return try loop.run(isCancelled: isCancelled, room: {}) { tile, _ in
      try simulate(tiles[tile], done, begin, take, end)
    }
  }

  /// Ranges of a part's lanes, none of which crosses a group.
  private var tiles: [Range<Int>] {
    let lanes = parts[0].laneCount
    return Swift.stride(from: 0, to: lanes, by: stride).flatMap { group in
      Swift.stride(from: group, to: group + stride, by: tileLanes).map {
        $0..<min($0 + tileLanes, group + stride, lanes)
      }
    }
  }

  private func simulate<Tile>(
    _ range: Range<Int>, _ done: RangeSet<Int>, _ begin: @Sendable (Range<Int>) -> Tile,
    _ take: @Sendable (Tile, Int, LaneSummary) -> Void, _ end: @Sendable (Tile) throws -> Void
  ) throws {
    let count = parts.count
    let all = range.lowerBound * count..<range.upperBound * count
    for lanes in all.without(done) {
      let held = Held(begin(lanes))
      let inner = lanes.lowerBound / count..<(lanes.upperBound + count - 1) / count
      let others = RangeSet(0..<parts[0].laneCount).subtracting(RangeSet(inner))
      for (variant, part) in parts.enumerated() {
        _ = try part.simulateTiles(
          without: others, isCancelled: { false }, begin: { _ in },
          take: { _, lane, summary in
            let outer = lane * count + variant
            if lanes.contains(outer) { take(held.tile, outer, summary) }
          }, end: { _ in })
      }
      try end(held.tile)
    }
  }
}

/// A tile that the parts fill in turn, each with one worker.
private final class Held<Tile>: @unchecked Sendable {
  let tile: Tile
  init(_ tile: Tile) { self.tile = tile }
}
