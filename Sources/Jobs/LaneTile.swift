import Kernels
import Metrics
import Storage

/// The metrics of some neighbouring lanes, in one block of memory that goes to a journal as it is.
///
///     first lane, lanes       Int64 each
///     rows, metrics           Int64 each: all lanes, or the best of them
///     failed, ruined, short, idle
///                             Int64 each: how many of all lanes; idle ones by their reason
///     values                  float64 [metrics, rows], NaN where undefined
///     places                  uint32 [rows], counted from the first lane; absent where all lanes are rows
///     states                  uint8 [rows]
///     reasons                 uint8 [rows, metrics]: 0 where defined, else one more than the position of the reason
///
/// One worker fills it; from then on it is only read.
final class LaneTile {
  private let words: AlignedBuffer<Int64>
  private let valuesStart: Int
  private let placesStart: Int
  private let statesStart: Int
  private let reasonsStart: Int

  private enum State {
    static let ok: UInt8 = 1
    static let ruined: UInt8 = 2
    static let failed: UInt8 = 3
  }

  private enum Head {
    static let firstLane = 0
    static let laneCount = 1
    static let rowCount = 2
    static let metricCount = 3
    static let failed = 4
    static let ruined = 5
    static let short = 6
    static let idle = 7
    static let count = 7 + IdleReason.allCases.count
  }

  init(lanes: Range<Int>, rows: Int, metrics: Int) {
    let isSparse = rows < lanes.count
    valuesStart = Head.count * 8
    placesStart = valuesStart + rows * metrics * 8
    statesStart = placesStart + (isSparse ? rows * 4 : 0)
    reasonsStart = statesStart + rows
    words = AlignedBuffer(repeating: 0, count: (reasonsStart + rows * metrics + 7) / 8)
    words[Head.firstLane] = Int64(lanes.lowerBound)
    words[Head.laneCount] = Int64(lanes.count)
    words[Head.rowCount] = Int64(rows)
    words[Head.metricCount] = Int64(metrics)
  }

  /// The tile of a record; nil if it isn't one of a run of so many lanes and metrics.
  static func read(_ record: Journal.Record, of journal: Journal, lanes: Int, metrics: Int)
    throws(StorageError) -> LaneTile?
  {
    let head = AlignedBuffer<Int64>(repeating: 0, count: Head.count)
    guard record.length >= Head.count * 8 else { return nil }
    try journal.read(
      into: UnsafeMutableRawBufferPointer(start: head.base, count: Head.count * 8),
      at: record.offset)
    let first = head[Head.firstLane]
    let (count, rows) = (head[Head.laneCount], head[Head.rowCount])
    guard head[Head.metricCount] == metrics, first >= 0, count > 0, count <= lanes,
      first <= Int64(lanes) - count, rows >= 0, rows <= count
    else { return nil }
    let tile = LaneTile(
      lanes: Int(first)..<Int(first + count), rows: Int(rows), metrics: metrics)
    guard tile.byteCount == record.length else { return nil }
    try journal.read(into: UnsafeMutableRawBufferPointer(tile.bytes), at: record.offset)
    return tile
  }

  /// The block, for a journal.
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: words.base, count: byteCount)
  }
  /// Size of the block.
  var byteCount: Int { words.count * 8 }
  /// The lanes it speaks of.
  var lanes: Range<Int> {
    let first = Int(words[Head.firstLane])
    return first..<first + Int(words[Head.laneCount])
  }
  /// Number of lanes that it has a row of.
  var rowCount: Int { Int(words[Head.rowCount]) }
  /// Number of lanes that failed, that were ruined, and that closed no trade, if trades were counted.
  var tally: Tally {
    Tally(
      failed: Int(words[Head.failed]), ruined: Int(words[Head.ruined]),
      short: Int(words[Head.short]),
      idle: IdleReason.allCases.indices.map { Int(words[Head.idle + $0]) })
  }
  /// Number of metrics.
  var metricCount: Int { Int(words[Head.metricCount]) }

  // MARK: - Filling

  /// Takes the summary of a lane; each lane once.
  func take(_ lane: Int, _ summary: LaneSummary, _ metrics: [any Metric]) {
    let row = lane - Int(words[Head.firstLane])
    for position in metrics.indices {
      switch metrics[position].value(of: summary) {
      case .defined(let value):
        values(position)[row] = value
      case .undefined(let reason):
        values(position)[row] = .nan
        reasons(row)[position] = Self.code(reason)
      }
    }
    states[row] = summary.isRuined ? State.ruined : State.ok
    if summary.missedWithdrawals > 0 { words[Head.short] += 1 }
    if let reason = IdleReason(summary) { words[Head.idle + reason.rawValue] += 1 }
  }

  /// Says that none of the lanes could be simulated: no metric is defined.
  func fail() {
    words[Head.short] = 0
    for reason in IdleReason.allCases { words[Head.idle + reason.rawValue] = 0 }
    for row in 0..<rowCount {
      states[row] = State.failed
      for position in 0..<metricCount {
        values(position)[row] = .nan
        reasons(row)[position] = 0
      }
    }
  }

  /// Says that a lane has no figures: no metric is defined.
  func fail(_ lane: Int) {
    let row = lane - Int(words[Head.firstLane])
    states[row] = State.failed
    for position in 0..<metricCount { values(position)[row] = .nan }
  }

  /// Counts what the reader of a result is told of.
  func count() {
    for row in 0..<rowCount {
      if states[row] == State.failed { words[Head.failed] += 1 }
      if states[row] == State.ruined { words[Head.ruined] += 1 }
    }
  }

  /// A tile of the best rows only.
  func best(_ limit: Int, by metric: Int, _ direction: MetricDirection) -> LaneTile {
    if rowCount <= limit { return self }
    var best = BestRows<Int>(limit: limit)
    for row in 0..<rowCount {
      let key = key(row, by: metric, direction)
      if best.takes(key) { best.insert(row, key) }
    }
    let rows = best.sorted().sorted()
    let part = LaneTile(lanes: lanes, rows: rows.count, metrics: metricCount)
    for count in Head.failed..<Head.count { part.words[count] = words[count] }
    for (place, row) in rows.enumerated() {
      part.places[place] = UInt32(lane(row) - lanes.lowerBound)
      part.states[place] = states[row]
      for metric in 0..<metricCount {
        part.values(metric)[place] = values(metric)[row]
        part.reasons(place)[metric] = reasons(row)[metric]
      }
    }
    return part
  }

  // MARK: - Reading

  /// Id of the lane of a row.
  func lane(_ row: Int) -> Int {
    lanes.lowerBound + (rowCount < lanes.count ? Int(places[row]) : row)
  }

  /// A metric of a row; NaN where undefined.
  func value(metric: Int, _ row: Int) -> Double { values(metric)[row] }

  /// A metric of all rows.
  func column(metric: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: values(metric), count: rowCount)
  }

  /// How the lane of a row ended.
  func status(_ row: Int) -> ResultTable.LaneStatus {
    switch states[row] {
    case State.ruined: .ruined
    case State.failed: .failed
    default: .ok
    }
  }

  /// Why metrics of a row are undefined, one code a metric; nil if all are defined.
  func codes(_ row: Int) -> [UInt8]? {
    let codes = UnsafeBufferPointer(start: reasons(row), count: metricCount)
    return codes.contains { $0 != 0 } ? Array(codes) : nil
  }

  /// Where a row stands on the leaderboard.
  func key(_ row: Int, by metric: Int, _ direction: MetricDirection) -> RankKey {
    RankKey(
      value: values(metric)[row], isRuined: states[row] == State.ruined, direction: direction,
      lane: lane(row))
  }

  /// The reason that a code stands for.
  static func reason(_ code: UInt8) -> UndefinedReason? {
    code > 0 && code <= UndefinedReason.allCases.count
      ? UndefinedReason.allCases[Int(code) - 1] : nil
  }

  private static func code(_ reason: UndefinedReason) -> UInt8 {
    UInt8((UndefinedReason.allCases.firstIndex(of: reason) ?? 0) + 1)
  }

  private var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(words.base) }
  private func values(_ metric: Int) -> UnsafeMutablePointer<Double> {
    (raw + valuesStart + metric * rowCount * 8).assumingMemoryBound(to: Double.self)
  }
  private var places: UnsafeMutablePointer<UInt32> {
    (raw + placesStart).assumingMemoryBound(to: UInt32.self)
  }
  private var states: UnsafeMutablePointer<UInt8> {
    (raw + statesStart).assumingMemoryBound(to: UInt8.self)
  }
  private func reasons(_ row: Int) -> UnsafeMutablePointer<UInt8> {
    (raw + reasonsStart + row * metricCount).assumingMemoryBound(to: UInt8.self)
  }
}

// Filled by the one worker that simulates its lanes; read by others once it is handed over, under a lock.
extension LaneTile: @unchecked Sendable {}

/// How many lanes there are of the kinds that the reader of a result is told of.
struct Tally: Equatable {
  var failed = 0
  var ruined = 0
  /// Lanes that had less than was to be withdrawn.
  var short = 0
  /// Lanes that closed no trade, by the position of their reason.
  var idle = IdleReason.allCases.map { _ in 0 }

  /// Lanes that closed no trade, in words: `8 never had an entry signal, 2 are still warming`; nil if there are none.
  var idleText: String? {
    let parts = zip(IdleReason.allCases, idle).filter { $1 > 0 }.map { "\($1) \($0.text)" }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Whether no lane of so many did anything.
  func isIdle(of count: Int) -> Bool {
    idle.reduce(0, +) == count && idle[IdleReason.holding.rawValue] == 0
  }

  static func += (a: inout Tally, b: Tally) {
    a.failed += b.failed
    a.ruined += b.ruined
    a.short += b.short
    for reason in a.idle.indices { a.idle[reason] += b.idle[reason] }
  }
}
