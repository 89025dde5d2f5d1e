import Metrics
import Storage
import Synchronization

/// The tiles of a run that are finished: at first in memory, and in a journal beside the output when the run takes longer.
///
/// Workers hand over their tiles at any time. A process that dies leaves the journal, from which `--resume` continues; a
/// short run never touches the disk before its result.
final class FinishedLanes: Sendable {
  /// A finished tile and where it is.
  private struct Entry {
    enum Place {
      case memory(LaneTile)
      case file(Journal.Record)
    }
    var lanes: Range<Int>
    var place: Place
  }

  private struct State {
    var entries: [Entry] = []
    var bytes = 0
    var journal: Journal?
    var tally = Tally()
    var lanes = RangeSet<Int>()
    var best: BestRows<RunRow>
  }

  /// Bytes of tiles in memory after which a journal is begun, however short the run was so far.
  static let memoryLimit = 64 << 20

  private let plan: RunPlan
  /// Rows to keep of all; nil keeps all.
  private let limit: Int?
  private let rank: Int
  private let journalPath: String?
  private let begun: ContinuousClock.Instant
  private let patience: Duration
  private let state: Mutex<State>

  /// No lanes yet.
  ///
  /// - Parameters:
  ///   - limit: how many of the best rows are kept; nil keeps all.
  ///   - journalPath: where a journal may be written; nil for never.
  ///   - patience: how long a run lasts before its journal begins.
  init(_ plan: RunPlan, limit: Int?, journalPath: String?, patience: Duration) {
    self.plan = plan
    self.limit = limit
    self.journalPath = journalPath
    self.patience = patience
    begun = ContinuousClock.now
    rank = plan.rankMetric
    state = Mutex(State(best: BestRows(limit: limit ?? 0)))
  }

  /// Takes over the lanes of a journal and appends to it from now on.
  ///
  /// Records that don't hold all rows that this run keeps are left out: their lanes are simulated again.
  func resume(_ journal: Journal, _ records: [Journal.Record]) throws(StorageError) {
    for record in records {
      guard
        let tile = try LaneTile.read(
          record, of: journal, lanes: plan.laneCount, metrics: plan.metrics.count),
        tile.rowCount >= min(limit ?? .max, tile.lanes.count)
      else { continue }
      state.withLock { state in
        guard state.lanes.isDisjoint(RangeSet(tile.lanes)) else { return }
        enter(Entry(lanes: tile.lanes, place: .file(record)), tile, &state)
      }
    }
    state.withLock { $0.journal = journal }
  }

  /// Lanes that are finished.
  var lanes: RangeSet<Int> { state.withLock { $0.lanes } }
  /// Number of lanes that are finished.
  var count: Int { lanes.ranges.reduce(0) { $0 + $1.count } }
  /// How they ended.
  var tally: Tally { state.withLock { $0.tally } }

  /// Takes a finished tile, from any worker.
  ///
  /// - Throws: `inUse` if another process began a journal of the same name, `unwritable`.
  func add(_ tile: LaneTile) throws(StorageError) {
    let tile = limit.map { tile.best($0, by: rank, plan.metrics[rank].direction) } ?? tile
    if let journal = state.withLock({ $0.journal }) {
      let record = try journal.append(UnsafeRawBufferPointer(tile.bytes))
      state.withLock { enter(Entry(lanes: tile.lanes, place: .file(record)), tile, &$0) }
      return
    }
    try state.withLock { state throws(StorageError) in
      if let journal = state.journal {
        // Begun by another worker since.
        let record = try journal.append(UnsafeRawBufferPointer(tile.bytes))
        enter(Entry(lanes: tile.lanes, place: .file(record)), tile, &state)
        return
      }
      enter(Entry(lanes: tile.lanes, place: .memory(tile)), tile, &state)
      state.bytes += tile.byteCount
      if state.bytes > Self.memoryLimit || begun.duration(to: .now) > patience {
        try begin(&state)
      }
    }
  }

  /// Writes what is only in memory to the journal, so that the run can be resumed.
  func keep() throws(StorageError) {
    try state.withLock { state throws(StorageError) in
      if state.journal == nil, !state.lanes.isEmpty { try begin(&state) }
    }
  }

  /// Removes the journal: the result is written.
  func discard() { state.withLock { $0.journal?.remove() } }

  /// The best rows, if only those are kept, best first.
  func best() -> [RunRow] { state.withLock { $0.best.sorted() } }

  /// Calls `body` with all tiles in the order of their lanes.
  ///
  /// O(tile) memory beyond what is in memory anyway.
  func forEachTile(_ body: (LaneTile) throws(StorageError) -> Void) throws(StorageError) {
    let (entries, journal) = state.withLock { state in
      (state.entries.sorted { $0.lanes.lowerBound < $1.lanes.lowerBound }, state.journal)
    }
    for entry in entries {
      switch entry.place {
      case .memory(let tile): try body(tile)
      case .file(let record):
        guard let journal,
          let tile = try LaneTile.read(
            record, of: journal, lanes: plan.laneCount, metrics: plan.metrics.count)
        else {
          throw .damaged(
            path: journalPath ?? "", part: "lane \(entry.lanes.lowerBound)",
            reason: "it was changed while it was in use")
        }
        try body(tile)
      }
    }
  }

  private func enter(_ entry: Entry, _ tile: LaneTile, _ state: inout State) {
    state.lanes.insert(contentsOf: tile.lanes)
    state.tally += tile.tally
    guard limit != nil else {
      state.entries.append(entry)
      return
    }
    // Of the best rows nothing else is needed, but to begin a journal with.
    if case .memory = entry.place { state.entries.append(entry) }
    for row in 0..<tile.rowCount {
      let key = tile.key(row, by: rank, plan.metrics[rank].direction)
      if state.best.takes(key) { state.best.insert(RunRow(tile, row), key) }
    }
  }

  private func begin(_ state: inout State) throws(StorageError) {
    guard let journalPath else { return }
    let journal = try Journal.create(journalPath, header: RunIdentity(plan).json)
    for index in state.entries.indices {
      guard case .memory(let tile) = state.entries[index].place else { continue }
      let record = try journal.append(UnsafeRawBufferPointer(tile.bytes))
      state.entries[index].place = .file(record)
    }
    if limit != nil { state.entries = [] }
    state.bytes = 0
    state.journal = journal
  }
}

/// One row of a tile, by itself.
struct RunRow {
  let lane: Int
  let status: ResultTable.LaneStatus
  let values: [Double]
  let codes: [UInt8]?

  init(_ tile: LaneTile, _ row: Int) {
    lane = tile.lane(row)
    status = tile.status(row)
    values = (0..<tile.metricCount).map { tile.value(metric: $0, row) }
    codes = tile.codes(row)
  }
}
