import Kernels

/// Numbers of samples and participants `[rows, columns]`, which workers fill place by place.
final class ChallengeTable: @unchecked Sendable {
  // Safe as each place is written by one worker, and read by others only after all have ended.
  private let values: UnsafeMutableBufferPointer<Double>
  private let rows: Int
  private let width: Int

  init(rows: Int, columns: Int) {
    self.rows = rows
    width = columns
    values = .allocate(capacity: rows * columns)
    values.initialize(repeating: .nan)
  }

  deinit { values.deallocate() }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * width + column] }
    set { values[row * width + column] = newValue }
  }

  func row(_ row: Int) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: values[row * width..<(row + 1) * width])
  }

  /// Neighbours together, as they share lines of the caches.
  func columns(_ columns: Range<Int>) -> [[Double]] {
    var copies = columns.map { _ in [Double](repeating: 0, count: rows) }
    for row in 0..<rows {
      for (place, column) in columns.enumerated() { copies[place][row] = self[row, column] }
    }
    return copies
  }
}

/// Puts places where values were: 1, 2, 2, 4; undefined values share the last.
struct ChallengeOrder {
  private struct Item {
    /// Smaller is better.
    var key: UInt64
    var column: Int
  }

  private var items: [Item] = []
  private var spare: [Item] = []
  private static let digit = 11
  private static let passes = (64 + digit - 1) / digit

  mutating func rank(_ values: UnsafeMutableBufferPointer<Double>, isLowerBetter: Bool) {
    items.removeAll(keepingCapacity: true)
    for (column, value) in values.enumerated() {
      // Zeros of either sign are one; of other numbers the order of bits is that of sizes, turned round below zero.
      let bits = (ChallengeRanking.worth(value, isLowerBetter) + 0).bitPattern
      items.append(Item(key: bits >> 63 == 1 ? bits : ~bits & (.max >> 1), column: column))
    }
    if items.count < 256 { items.sort { $0.key < $1.key } } else { radix() }
    var (rank, before) = (0, UInt64.max)
    for (place, item) in items.enumerated() {
      if item.key != before || place == 0 { rank = place + 1 }
      before = item.key
      values[item.column] = Double(rank)
    }
  }

  /// Digit by digit from the last; digits that all share are passed over.
  private mutating func radix() {
    var counts = [Int](repeating: 0, count: Self.passes << Self.digit)
    for item in items {
      for pass in 0..<Self.passes { counts[Self.place(item.key, pass)] += 1 }
    }
    spare = items
    for pass in 0..<Self.passes {
      let digits = pass << Self.digit..<(pass + 1) << Self.digit
      if counts[Self.place(items[0].key, pass)] == items.count { continue }
      var next = 0
      for digit in digits { (counts[digit], next) = (next, next + counts[digit]) }
      for item in items {
        let digit = Self.place(item.key, pass)
        spare[counts[digit]] = item
        counts[digit] += 1
      }
      swap(&items, &spare)
    }
  }

  @inline(__always)
  private static func place(_ key: UInt64, _ pass: Int) -> Int {
    pass << digit + Int(key >> UInt64(pass * digit) & (1 << UInt64(digit) - 1))
  }
}
