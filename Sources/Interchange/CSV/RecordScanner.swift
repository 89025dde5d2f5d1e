import Glibc

/// Where records end, after RFC 4180: line feeds, returns or both, but not between quotes.
///
/// A field opens with a quote if nothing but spaces is before it; elsewhere a quote is a character like any other.
struct RecordScanner: Sendable, Equatable {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")

  /// Byte between fields.
  var delimiter = UInt8(ascii: ",")
  /// Byte at the front of lines that are no records.
  var comment: UInt8?

  /// Whether a byte ends lines.
  static func endsLine(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

  /// Where a record ends.
  enum End {
    /// The position behind its line end.
    case at(Int)
    /// The text stops before.
    case more
  }

  /// The position behind the last whole record; 0 if there is none.
  func lastEnd(in text: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Int {
    if memchr(text, Int32(Self.quote), count) == nil {
      if isLast { return count }
      let last = Self.last(Self.lineFeed, in: text, count)
      // The last byte may be half of a pair.
      return last > 0 ? last : Self.last(Self.carriageReturn, in: text, count - 1)
    }
    var at = 0
    while at < count, case .at(let end) = end(from: at, in: text, count, isLast: isLast) {
      at = end
    }
    return at
  }

  /// The position behind the last such byte; 0 if there is none.
  private static func last(_ byte: UInt8, in text: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var at = count
    while at > 0, text[at - 1] != byte { at -= 1 }
    return max(at, 0)
  }

  /// Where the record or comment ends that starts at a position.
  func end(from start: Int, in text: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> End {
    var at = start
    if at < count, text[at] == comment { return lineEnd(from: at, in: text, count, isLast) }
    while true {
      // At the start of a field.
      let open = opening(at, in: text, count)
      if open < count, text[open] == Self.quote {
        at = open + 1
        while true {
          guard let found = memchr(text + at, Int32(Self.quote), count - at) else { return .more }
          at = UnsafeRawPointer(text).distance(to: found) + 1
          if at == count { return isLast ? .at(count) : .more }
          if text[at] != Self.quote { break }
          at += 1
        }
      }
      while at < count, text[at] != delimiter, !Self.endsLine(text[at]) { at += 1 }
      if at == count { return .more }
      if text[at] != delimiter { return lineEnd(from: at, in: text, count, isLast) }
      at += 1
    }
  }

  /// The first position from a field's start that holds no space; the start, where spaces delimit.
  func opening(_ start: Int, in text: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var at = start
    if delimiter != Self.space { while at < count, text[at] == Self.space { at += 1 } }
    return at
  }

  private func lineEnd(
    from start: Int, in text: UnsafePointer<UInt8>, _ count: Int, _ isLast: Bool
  ) -> End {
    var at = start
    while at < count, !Self.endsLine(text[at]) { at += 1 }
    if at == count { return .more }
    if text[at] == Self.lineFeed { return .at(at + 1) }
    if at + 1 == count { return isLast ? .at(count) : .more }
    return .at(text[at + 1] == Self.lineFeed ? at + 2 : at + 1)
  }

  /// Length of the line end before a position, 0 to 2.
  func lineEndLength(_ text: UnsafePointer<UInt8>, _ end: Int) -> Int {
    if end > 1, text[end - 1] == Self.lineFeed, text[end - 2] == Self.carriageReturn { return 2 }
    return end > 0 && Self.endsLine(text[end - 1]) ? 1 : 0
  }

  /// Whether a record, with its line end, is blank or a comment.
  func isPassedOver(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if count > 0, text[0] == comment { return true }
    var at = 0
    while at < count,
      text[at] == Self.space || text[at] == UInt8(ascii: "\t") && delimiter != text[at]
    {
      at += 1
    }
    return at == count || Self.endsLine(text[at])
  }
}

/// The fields of one record, without their quotes.
struct SplitRecord: ~Copyable {
  /// Text of the fields, one byte apart; readable a little beyond its end.
  private(set) var text: UnsafeMutablePointer<UInt8>
  private var textCapacity = 0
  // Position behind each field, from 1; the one before the first field stands at 0.
  private var places: UnsafeMutablePointer<Int32>
  private var placesCapacity = 64
  /// Number of fields.
  private(set) var count = 0
  /// Line ends, that of the record and those in it.
  private(set) var lines = 0
  /// Whether text follows a closing quote.
  private(set) var isBroken = false

  init() {
    text = .allocate(capacity: TextBlock.padding)
    places = .allocate(capacity: placesCapacity)
    places[0] = -1
  }

  deinit {
    text.deallocate()
    places.deallocate()
  }

  /// Position behind each field; a field starts one byte behind the end of the one before, also the first.
  var ends: UnsafeMutablePointer<Int32> { places + 1 }

  /// A field.
  subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(index >= 0 && index < count, "no field \(index) in this record")
    let start = Int(places[index]) + 1
    return UnsafeBufferPointer(start: text + start, count: Int(places[index + 1]) - start)
  }

  /// The fields as text; nil for one that is not UTF-8.
  var texts: [String?] {
    (0..<count).map { String(validating: self[$0], as: UTF8.self) }
  }

  /// Splits the whole record that starts at a position.
  ///
  /// - Returns: the position behind it.
  mutating func split(
    _ source: UnsafePointer<UInt8>, from start: Int, _ limit: Int, _ records: RecordScanner
  ) -> Int {
    let end: Int
    if case .at(let found) = records.end(from: start, in: source, limit, isLast: true) {
      end = found
    } else {
      end = limit
    }
    reserve(end - start + 1)
    count = 0
    lines = 1
    isBroken = false
    let stop = end - records.lineEndLength(source + start, end - start)
    if source[start] == records.comment {
      add(0)
      return end
    }
    var written = 0
    var at = start
    while true {
      let open = records.opening(at, in: source, stop)
      if open < stop, source[open] == RecordScanner.quote {
        at = open + 1
        while at < stop {
          let byte = source[at]
          at += 1
          if byte == RecordScanner.quote {
            if at == stop || source[at] != RecordScanner.quote { break }
            at += 1
          } else if byte == RecordScanner.lineFeed
            || byte == RecordScanner.carriageReturn && source[at] != RecordScanner.lineFeed
          {
            lines += 1
          }
          text[written] = byte
          written += 1
        }
        at = records.opening(at, in: source, stop)
        isBroken = isBroken || at < stop && source[at] != records.delimiter
      }
      while at < stop, source[at] != records.delimiter {
        text[written] = source[at]
        written += 1
        at += 1
      }
      add(written)
      if at >= stop { break }
      written += 1
      at += 1
    }
    return end
  }

  private mutating func add(_ end: Int) {
    if count + 1 == placesCapacity {
      let larger = UnsafeMutablePointer<Int32>.allocate(capacity: placesCapacity * 2)
      memcpy(larger, places, placesCapacity * MemoryLayout<Int32>.stride)
      places.deallocate()
      places = larger
      placesCapacity *= 2
    }
    count += 1
    places[count] = Int32(truncatingIfNeeded: end)
  }

  private mutating func reserve(_ needed: Int) {
    if needed <= textCapacity { return }
    textCapacity = max(needed, textCapacity * 2)
    text.deallocate()
    text = .allocate(capacity: textCapacity + TextBlock.padding)
    memset(text, 0, textCapacity + TextBlock.padding)
  }
}
