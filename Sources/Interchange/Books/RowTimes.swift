import Books
import Glibc

/// Times of rows, year first; one that tells no offset is UTC.
///
/// Days repeat from row to row, and so do times of day: what was read lately is not read again.
struct RowTimes {
  /// Times that have a time of day and no offset.
  private(set) var withoutOffset = 0
  private let style = TimeStyle(.iso)
  private var days = [Day](repeating: Day(), count: 1 << Self.dayBits)
  private var clock = Clock()

  // Twenty years of days, in the second level of cache.
  private static let dayBits = 13
  private static let dayLength = 10

  /// A day as ten bytes, and its midnight.
  private struct Day {
    var head: UInt64 = 0
    var tail: UInt16 = 0
    var ns: Int64 = 0
  }

  /// What follows a day, and how far behind its midnight it is.
  private struct Clock {
    var text: [UInt8] = []
    var ns: Int64 = 0
    var isBare = false
  }

  /// Nanoseconds UTC of a cell.
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) throws(TransactionBatch.Fault) -> Int64 {
    guard let base = cell.baseAddress, !cell.isEmpty else { throw .init("time", "it is missing") }
    guard cell.count >= Self.dayLength else { return try parse(cell) }
    let day = day(UnsafeBufferPointer(start: base, count: Self.dayLength))
    guard let day else { return try parse(cell) }
    if cell.count == Self.dayLength { return day }
    let rest = UnsafeBufferPointer(rebasing: cell[Self.dayLength...])
    if !isLast(rest) {
      let bare = withoutOffset
      clock.ns = try parse(cell) - day
      clock.isBare = withoutOffset > bare
      clock.text = Array(rest)
    } else if clock.isBare {
      withoutOffset += 1
    }
    return day + clock.ns
  }

  private func isLast(_ rest: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = rest.baseAddress, rest.count == clock.text.count else { return false }
    return clock.text.withUnsafeBufferPointer {
      $0.baseAddress.map { memcmp($0, base, rest.count) == 0 } ?? false
    }
  }

  /// Midnight of a day of ten bytes; nil if they are none, or not a day alone.
  private mutating func day(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard let base = cell.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    let head = raw.loadUnaligned(as: UInt64.self)
    let tail = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    let mixed = (head ^ UInt64(tail) << 24) &* 0x9E37_79B9_7F4A_7C15
    let place = Int(mixed >> UInt64(64 - Self.dayBits))
    if days[place].head == head, days[place].tail == tail { return days[place].ns }
    guard let wall = style.format.wallTime(cell), wall.time == nil,
      case .instant(let ns) = style.parse(cell)
    else { return nil }
    days[place] = Day(head: head, tail: tail, ns: ns)
    return ns
  }

  private mutating func parse(_ cell: UnsafeBufferPointer<UInt8>)
    throws(TransactionBatch.Fault) -> Int64
  {
    switch style.parse(cell) {
    case .instant(let ns):
      if Self.isBare(cell) { withoutOffset += 1 }
      return ns
    case .bad(let reason), .never(let reason): throw .init("time", reason)
    case .twice:
      let text = String(decoding: cell.prefix(160), as: UTF8.self).prefix(40)
      throw .init("time", "'\(text)' is not one instant")
    }
  }

  /// Whether a time that was read has a time of day, and tells no offset.
  private static func isBare(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    // An offset or UTC stands behind the colon of the time; hyphens before it are those of the date.
    if let colon = cell.firstIndex(of: UInt8(ascii: ":")) {
      return !cell[colon...].contains(where: beginsOffset)
    }
    return cell.count > dayLength && !cell.dropFirst(9).contains(where: beginsOffset)
  }

  private static func beginsOffset(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case UInt8(ascii: "z"), UInt8(ascii: "u"), UInt8(ascii: "g"): true
    default: byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }
  }
}
