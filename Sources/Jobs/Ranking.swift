import Metrics

/// Where a lane stands on a leaderboard: the lesser is the better.
///
/// Total: defined values first, best first by the metric's direction; then those of ruined lanes, however good they look;
/// then undefined ones; ties by lane id.
package struct RankKey: Comparable, Sendable {
  /// 0 for a defined value, 1 for one of a ruined lane, 2 for none.
  let group: UInt8
  /// Ascends as the value gets worse; equal for equal values, and for zeros of either sign.
  let key: UInt64
  /// The lane, or its row.
  package let lane: Int

  /// Where a lane stands by a value, which may be NaN.
  package init(value: Double, isRuined: Bool, direction: MetricDirection, lane: Int) {
    self.lane = lane
    if value.isNaN {
      (group, key) = (2, 0)
    } else {
      group = isRuined ? 1 : 0
      key = Self.ascending(direction == .lower ? value : -value)
    }
  }

  /// The order of a leaderboard.
  package static func < (a: RankKey, b: RankKey) -> Bool {
    a.group != b.group ? a.group < b.group : a.key != b.key ? a.key < b.key : a.lane < b.lane
  }

  /// An integer that ascends with the value.
  private static func ascending(_ value: Double) -> UInt64 {
    // A negative zero would come before the other.
    let bits = (value + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }
}

/// The order of very many rows, which come one after the other.
///
/// O(n): least digit first, eight bits a pass. 33 bytes a row at most.
package struct Ranking {
  private let direction: MetricDirection
  private var groups: [UInt8] = []
  private var keys: [UInt64] = []

  /// A ranking of no rows yet.
  package init(direction: MetricDirection, capacity: Int = 0) {
    self.direction = direction
    groups.reserveCapacity(capacity)
    keys.reserveCapacity(capacity)
  }

  /// Adds the next row.
  package mutating func append(value: Double, isRuined: Bool) {
    append(RankKey(value: value, isRuined: isRuined, direction: direction, lane: 0))
  }

  /// Adds the next row by what its key says of its value.
  mutating func append(_ key: RankKey) {
    groups.append(key.group)
    keys.append(key.key)
  }

  /// Positions of the rows, best first.
  package consuming func order() -> [UInt32] {
    precondition(keys.count <= UInt32.max, "more rows than a position can tell")
    var rows: [UInt32] = []
    rows.reserveCapacity(keys.count)
    var starts = [0]
    for group in 0...2 as ClosedRange<UInt8> {
      for row in groups.indices where groups[row] == group { rows.append(UInt32(row)) }
      starts.append(rows.count)
    }
    groups = []
    var sorted = rows.map { keys[Int($0)] }
    keys = []
    // Undefined rows stand in their order.
    for section in 0..<2 {
      Self.sort(&sorted, &rows, starts[section]..<starts[section + 1])
    }
    return rows
  }

  /// Sorts rows by their keys, keeping the order of equal ones.
  private static func sort(_ keys: inout [UInt64], _ rows: inout [UInt32], _ part: Range<Int>) {
    if part.count < 2 { return }
    var otherKeys = [UInt64](repeating: 0, count: part.count)
    var otherRows = [UInt32](repeating: 0, count: part.count)
    keys.withUnsafeMutableBufferPointer { keys in
      rows.withUnsafeMutableBufferPointer { rows in
        otherKeys.withUnsafeMutableBufferPointer { otherKeys in
          otherRows.withUnsafeMutableBufferPointer { otherRows in
            sort(
              UnsafeMutableBufferPointer(rebasing: keys[part]),
              UnsafeMutableBufferPointer(rebasing: rows[part]), otherKeys, otherRows)
          }
        }
      }
    }
  }

  private static func sort(
    _ keys: UnsafeMutableBufferPointer<UInt64>, _ rows: UnsafeMutableBufferPointer<UInt32>,
    _ otherKeys: UnsafeMutableBufferPointer<UInt64>, _ otherRows: UnsafeMutableBufferPointer<UInt32>
  ) {
    let count = keys.count
    var (from, to) = ((keys, rows), (otherKeys, otherRows))
    for shift in stride(from: 0, to: 64, by: 8) {
      var places = [Int](repeating: 0, count: 256)
      for key in from.0 { places[Int(key >> shift & 255)] += 1 }
      // Most keys of a real column agree in some bytes.
      if places.contains(count) { continue }
      var start = 0
      for digit in places.indices {
        (places[digit], start) = (start, start + places[digit])
      }
      for index in 0..<count {
        let digit = Int(from.0[index] >> shift & 255)
        let place = places[digit]
        places[digit] = place + 1
        to.0[place] = from.0[index]
        to.1[place] = from.1[index]
      }
      swap(&from, &to)
    }
    if from.0.baseAddress != keys.baseAddress {
      _ = keys.update(from: from.0)
      _ = rows.update(from: from.1)
    }
  }
}

/// The best of very many rows, of which no more than twice as many as asked for are held.
struct BestRows<Row> {
  private let limit: Int
  private var rows: [(key: RankKey, row: Row)] = []
  /// What is not better than this is not among the best.
  private var bound: RankKey?

  init(limit: Int) { self.limit = limit }

  /// Whether a row of this key may be among the best.
  func takes(_ key: RankKey) -> Bool { bound.map { key < $0 } ?? (limit > 0) }

  mutating func insert(_ row: Row, _ key: RankKey) {
    rows.append((key, row))
    if rows.count / 2 >= limit { prune() }
  }

  /// The best rows, best first.
  mutating func sorted() -> [Row] {
    prune()
    return rows.map(\.row)
  }

  private mutating func prune() {
    rows.sort { $0.key < $1.key }
    guard rows.count >= limit else { return }
    rows.removeLast(rows.count - limit)
    bound = rows.last?.key
  }
}
