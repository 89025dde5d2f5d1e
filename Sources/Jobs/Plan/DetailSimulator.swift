import Metrics
import Simulation

/// Lanes with all that their metrics ask for beyond sums.
///
/// What all lanes share costs nothing; a history costs a replay of each lane.
struct DetailSimulator: LaneSimulator {
  let base: any LaneSimulator
  let detail: LaneDetail

  var laneCount: Int { base.laneCount }
  var blasCore: String? { base.blasCore }

  func replay(lane: Int) throws -> LaneRecord {
    var record = try base.replay(lane: lane)
    detail.complete(
      &record.summary, record: detail.needsHistory ? record : nil, lane: lane)
    return record
  }

  func simulateTiles<Tile>(
    without done: RangeSet<Int>, isCancelled: @Sendable () -> Bool,
    begin: @Sendable (Range<Int>) -> Tile, take: @Sendable (Tile, Int, LaneSummary) -> Void,
    end: @Sendable (Tile) throws -> Void
  ) throws -> Bool {
    try base.simulateTiles(
      without: done, isCancelled: isCancelled, begin: begin,
      take: { tile, lane, summary in
        var summary = summary
        // A lane that can't be replayed couldn't be simulated either, and that is thrown there.
        let record = detail.needsHistory ? try? base.replay(lane: lane) : nil
        detail.complete(&summary, record: record, lane: lane)
        take(tile, lane, summary)
      }, end: end)
  }
}
