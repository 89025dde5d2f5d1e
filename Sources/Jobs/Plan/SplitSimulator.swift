import Metrics
import Simulation

/// Lanes of which some symbols go through one simulator and the others through another.
///
/// So a few symbols that end, or whose dividends are paid, don't keep the others from the faster one.
struct SplitSimulator: LaneSimulator {
  /// A simulator and the symbols that it runs.
  struct Part {
    var simulator: any LaneSimulator
    /// Positions in the plan, ascending, by position in the simulator.
    var symbols: [Int]
  }

  private let parts: [Part]
  private let setCount: Int

  init(_ parts: [Part], setCount: Int) {
    self.parts = parts
    self.setCount = setCount
  }

  var laneCount: Int { parts.reduce(0) { $0 + $1.simulator.laneCount } }

  func replay(lane: Int) throws -> LaneRecord {
    let (symbol, set) = (lane / setCount, lane % setCount)
    for part in parts {
      guard let place = part.symbols.firstIndex(of: symbol) else { continue }
      return try part.simulator.replay(lane: place * setCount + set)
    }
    preconditionFailure("no lane \(lane)")
  }

  func simulateTiles<Tile>(
    without done: RangeSet<Int>, isCancelled: @Sendable () -> Bool,
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool {
    for part in parts {
      let symbols = part.symbols
      var finished = RangeSet<Int>()
      for (place, symbol) in symbols.enumerated() {
        let lanes = RangeSet(symbol * setCount..<(symbol + 1) * setCount)
        for range in done.intersection(lanes).ranges {
          let shift = (place - symbol) * setCount
          finished.insert(contentsOf: range.lowerBound + shift..<range.upperBound + shift)
        }
      }
      let setCount = setCount
      let isComplete = try part.simulator.simulateTiles(
        without: finished, isCancelled: isCancelled,
        begin: { lanes in
          // A tile lies within one symbol, so that its lanes are neighbours in the plan too.
          let first = symbols[lanes.lowerBound / setCount] * setCount + lanes.lowerBound % setCount
          return begin(first..<first + lanes.count)
        },
        take: { tile, lane, summary in
          take(tile, symbols[lane / setCount] * setCount + lane % setCount, summary)
        }, end: end)
      if !isComplete { return false }
    }
    return true
  }
}
