import Metrics
import Storage
import Synchronization

/// A block of portfolios, and why some of them have no figures.
struct RiskTile {
  let tile: LaneTile
  var faults: [Int: String] = [:]
}

/// The rows of a risk report on their way into its file: blocks come in any order and are written in theirs.
final class RiskRows: Sendable {
  /// What the reader is told of.
  struct Counts {
    var failed = 0
    var ruined = 0
    /// The first portfolio that has no figures, and why.
    var firstFault: (portfolio: Int, reason: String)?
    /// Portfolios that have no figures.
    var withoutFigures: Set<Int> = []
    /// Reasons of the best rows that have no figures.
    var reasons: [Int: String] = [:]
  }

  private struct State {
    var waiting: [Int: RiskTile] = [:]
    var next = 0
    var done = 0
    var text: ReasonTexts
    var ranking: Ranking
    var best: BestRows<RunRow>
    var counts = Counts()
    let writer: ResultWriter
  }

  private let plan: RiskPlan
  private let rank: Int
  // The writer isn't for several threads: it is reached under this lock alone.
  private let state: Mutex<State>

  init(_ plan: RiskPlan, _ writer: ResultWriter) {
    self.plan = plan
    rank = plan.rankMetric
    nonisolated(unsafe) let state = State(
      text: ReasonTexts(plan.metrics),
      ranking: Ranking(
        direction: plan.metrics[plan.rankMetric].direction,
        capacity: plan.portfolios.portfolioCount),
      best: BestRows(limit: plan.spec.top), writer: writer)
    self.state = Mutex(state)
  }

  /// Takes a finished block; returns the number of portfolios that are finished.
  func add(_ tile: RiskTile) throws(StorageError) -> Int {
    try state.withLock { state throws(StorageError) in
      state.waiting[tile.tile.lanes.lowerBound] = tile
      state.done += tile.tile.lanes.count
      while let ready = state.waiting.removeValue(forKey: state.next) {
        try write(ready, &state)
        state.next = ready.tile.lanes.upperBound
      }
      return state.done
    }
  }

  /// Ranks all rows and writes their order; returns it.
  func finish() throws(StorageError) -> [UInt32] {
    try state.withLock { state throws(StorageError) in
      let order = state.ranking.order()
      state.ranking = Ranking(direction: .neutral)
      let batch = 1 << 16
      for start in stride(from: 0, to: order.count, by: batch) {
        try state.writer.rank(
          order[start..<min(start + batch, order.count)].map { Int64($0) })
      }
      return order
    }
  }

  /// The best rows, best first.
  var best: [RunRow] {
    state.withLock { $0.best.sorted() }
  }

  /// What the reader is told of.
  var counts: Counts { state.withLock { $0.counts } }

  private func write(_ block: RiskTile, _ state: inout State) throws(StorageError) {
    let tile = block.tile
    var rows = ResultRows(parameters: 0, metrics: plan.metrics.count)
    rows.lanes = tile.lanes.map { Int64($0) }
    rows.symbolIndex = tile.lanes.map { Int32($0) }
    for row in 0..<tile.rowCount {
      let (lane, status) = (tile.lane(row), tile.status(row))
      rows.status.append(status)
      rows.reason.append(block.faults[lane] ?? state.text.text(status, tile.codes(row)))
      let key = tile.key(row, by: rank, plan.metrics[rank].direction)
      state.ranking.append(key)
      if state.best.takes(key) {
        state.best.insert(RunRow(tile, row), key)
        state.counts.reasons[lane] = block.faults[lane]
      }
      switch status {
      case .failed:
        state.counts.failed += 1
        state.counts.withoutFigures.insert(lane)
        if state.counts.firstFault == nil {
          state.counts.firstFault = (lane, block.faults[lane] ?? "")
        }
      case .ruined: state.counts.ruined += 1
      case .ok: break
      }
    }
    for metric in plan.metrics.indices {
      rows.metrics[metric] = Array(tile.column(metric: metric))
    }
    try state.writer.append(rows)
  }
}
