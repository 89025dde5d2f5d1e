import Metrics

/// Something that runs the lanes of a plan: the vector kernel, the rule book for one symbol, the portfolio engine.
///
/// A lane's result depends on nothing but the lane: any number of workers and any tile size give the same bits.
public protocol LaneSimulator: Sendable {
  /// Number of lanes.
  var laneCount: Int { get }

  /// The kernels of the library that products of matrices go through, for example `Cooperlake`; nil if none do.
  var blasCore: String? { get }

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
  func simulateTiles<Tile>(
    without done: RangeSet<Int>, isCancelled: @Sendable () -> Bool,
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool

  /// Simulates one lane again and keeps everything; every number equals the sweep's.
  func replay(lane: Int) throws -> LaneRecord

  /// Equity of one lane after each bar, as its replay has it.
  func equity(lane: Int) throws -> [Double]
}

extension LaneSimulator {
  /// None, for all who multiply no matrices.
  public var blasCore: String? { nil }
  /// Of its replay.
  public func equity(lane: Int) throws -> [Double] { try replay(lane: lane).equity }
}

extension LaneEngine: LaneSimulator {
  /// Number of lanes.
  public var laneCount: Int { run.laneCount }
}
