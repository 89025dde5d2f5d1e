import Metrics
import Simulation

/// Lanes of which some symbols go through one simulator and the others through another.
///
/// So a few symbols that end, or whose dividends are paid, don't keep the others from the faster one. Every simulator knows all
/// symbols, since strategies may look at them all.
struct SplitSimulator: LaneSimulator {
  private let parts: [(simulator: any LaneSimulator, lanes: RangeSet<Int>)]

  /// - Parameter parts: simulators of the same lanes, and the positions of the symbols that each runs; together all of them.
  init(_ parts: [(simulator: any LaneSimulator, symbols: [Int])], setCount: Int) {
    self.parts = parts.map { simulator, symbols in
      var lanes = RangeSet<Int>()
      for symbol in symbols {
        lanes.insert(contentsOf: symbol * setCount..<(symbol + 1) * setCount)
      }
      return (simulator, lanes)
    }
  }

  var laneCount: Int { parts[0].simulator.laneCount }

  func replay(lane: Int) throws -> LaneRecord {
    guard let part = parts.first(where: { $0.lanes.contains(lane) }) else {
      preconditionFailure("no lane \(lane)")
    }
    return try part.simulator.replay(lane: lane)
  }

  func simulateTiles<Tile>(
    without done: RangeSet<Int>, isCancelled: @Sendable () -> Bool,
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool {
    let all = RangeSet(0..<laneCount)
    for part in parts {
      let isComplete = try part.simulator.simulateTiles(
        without: done.union(all.subtracting(part.lanes)), isCancelled: isCancelled, begin: begin,
        take: take, end: end)
      if !isComplete { return false }
    }
    return true
  }
}
