import Glibc

/// Splits bytes into records and fields, after RFC 4180.
///
/// Records end with LF or CRLF; a field that starts with a quote may hold delimiters, line ends and
/// doubled quotes. Blank lines are passed over, and a byte order mark is. Memory is bounded: one
/// buffer, as long as the longest record.
package struct RecordReader: ~Copyable {
  /// A field within the reader's memory, without its quotes.
  struct Field {
    var base: UnsafePointer<UInt8>
    var count: Int

    var bytes: UnsafeBufferPointer<UInt8> { .init(start: base, count: count) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// Longest record, in bytes.
  package static let recordLimit = 1 << 20

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private let source: any ByteSource
  private let path: String
  private let delimiter: UInt8
  private var buffer: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var start = 0
  private var end = 0
  private var sourceEnded = false
  private var markPassed = false
  private var fieldStore: UnsafeMutablePointer<Field>
  private var fieldCapacity: Int
  // Fields that lost their quotes; nil until one is met.
  private var unquoted: UnsafeMutablePointer<UInt8>?
  private var nextLine = 1

  /// Line on which the record starts, 1 for the first.
  package private(set) var line = 0
  /// Number of fields of the record.
  package private(set) var count = 0
  /// Whether text follows a closing quote.
  package private(set) var quotesBroken = false
  /// Bytes taken from the source so far.
  package private(set) var bytesRead = 0
  // The record as it stands, without its line end.
  private var recordStart = 0
  private var recordEnd = 0

  package init(
    _ source: any ByteSource, path: String, delimiter: UInt8 = UInt8(ascii: ","),
    capacity: Int = 256 << 10
  ) {
    self.source = source
    self.path = path
    self.delimiter = delimiter
    self.capacity = capacity
    buffer = .allocate(capacity: capacity)
    fieldCapacity = 64
    fieldStore = .allocate(capacity: fieldCapacity)
  }

  deinit {
    buffer.deallocate()
    fieldStore.deallocate()
    unquoted?.deallocate()
  }

  /// A field of the record; valid until the next record.
  subscript(index: Int) -> Field {
    precondition(index >= 0 && index < count, "no field \(index) in this record")
    return fieldStore[index]
  }

  /// The fields of the record; valid until the next record.
  var fields: UnsafePointer<Field> { UnsafePointer(fieldStore) }

  /// A field as text.
  package func text(_ index: Int) -> String { self[index].text }

  /// A field as text, or nil if it is not UTF-8.
  func validText(_ index: Int) -> String? {
    String(validating: self[index].bytes, as: UTF8.self)
  }

  /// The record as it stands in the file, cut after 200 characters.
  package var recordText: String {
    // A character may take several bytes; four are enough for all but rare clusters.
    let bytes = UnsafeBufferPointer(
      start: buffer + recordStart, count: min(recordEnd - recordStart, 800))
    return String(String(decoding: bytes, as: UTF8.self).prefix(200))
  }

  /// Moves to the next record; false at the end of the source.
  package mutating func next() throws(ImportError) -> Bool {
    while true {
      guard let lineEnd = try findLineEnd() else { return false }
      let base = start
      line = nextLine
      nextLine += 1
      let stop = trimmed(from: base, to: lineEnd)
      if isBlank(base, stop) {
        start = min(lineEnd + 1, end)
        continue
      }
      recordStart = base
      quotesBroken = false
      if memchr(buffer + base, Int32(Self.quote), stop - base) == nil {
        recordEnd = stop
        start = min(lineEnd + 1, end)
        split(from: base, to: stop)
      } else {
        try splitQuoted()
      }
      if recordEnd - recordStart > Self.recordLimit { throw tooLong }
      return true
    }
  }

  private var tooLong: ImportError {
    .lineTooLong(path: path, line: line, limit: Self.recordLimit)
  }

  // MARK: Lines

  /// Position of the line feed that ends the line at `start`, or `end` for a last line without one.
  private mutating func findLineEnd() throws(ImportError) -> Int? {
    var searched = start
    while true {
      if searched < end,
        let found = memchr(buffer + searched, Int32(Self.lineFeed), end - searched)
      {
        return buffer.distance(to: found.assumingMemoryBound(to: UInt8.self))
      }
      let pending = end - start
      if sourceEnded { return pending > 0 ? end : nil }
      try fill()
      searched = start + pending
    }
  }

  /// Reads more bytes behind those that are pending, making room for them first.
  private mutating func fill() throws(ImportError) {
    let pending = end - start
    if pending > Self.recordLimit {
      line = nextLine
      throw tooLong
    }
    if start > 0 {
      memmove(buffer, buffer + start, pending)
      start = 0
      end = pending
    }
    if pending > capacity / 2 {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
      memcpy(larger, buffer, pending)
      buffer.deallocate()
      buffer = larger
      capacity *= 2
      unquoted?.deallocate()
      unquoted = nil
    }
    while end < capacity, !sourceEnded {
      let count = try source.read(into: .init(start: buffer + end, count: capacity - end))
      if count == 0 { sourceEnded = true }
      if memchr(buffer + end, 0, count) != nil {
        throw .notText(path: path, kind: "binary data (a zero byte)")
      }
      end += count
      bytesRead += count
    }
    if !markPassed {
      markPassed = true
      if end >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { start = 3 }
    }
  }

  private func trimmed(from base: Int, to lineEnd: Int) -> Int {
    lineEnd > base && buffer[lineEnd - 1] == Self.carriageReturn ? lineEnd - 1 : lineEnd
  }

  private func isBlank(_ base: Int, _ stop: Int) -> Bool {
    var i = base
    while i < stop, buffer[i] == UInt8(ascii: " ") || buffer[i] == UInt8(ascii: "\t") { i += 1 }
    return i == stop
  }

  // MARK: Fields

  private mutating func add(_ base: UnsafePointer<UInt8>, _ length: Int) {
    if count == fieldCapacity {
      let larger = UnsafeMutablePointer<Field>.allocate(capacity: fieldCapacity * 2)
      larger.initialize(from: fieldStore, count: count)
      fieldStore.deallocate()
      fieldStore = larger
      fieldCapacity *= 2
    }
    (fieldStore + count).initialize(to: Field(base: base, count: length))
    count += 1
  }

  private mutating func split(from base: Int, to stop: Int) {
    count = 0
    var fieldStart = base
    for i in base..<stop where buffer[i] == delimiter {
      add(buffer + fieldStart, i - fieldStart)
      fieldStart = i + 1
    }
    add(buffer + fieldStart, stop - fieldStart)
  }

  /// Splits the record at `start`, which has quotes and so may reach over several lines.
  private mutating func splitQuoted() throws(ImportError) {
    while true {
      if scanQuoted() { return }
      if sourceEnded { throw .quoteUnclosed(path: path, line: line) }
      nextLine = line
      try fill()
    }
  }

  /// Splits the record at `start` into `unquoted`; false if its end is not in the buffer.
  private mutating func scanQuoted() -> Bool {
    let output = unquoted ?? .allocate(capacity: capacity)
    unquoted = output
    count = 0
    quotesBroken = false
    var lines = 0
    var written = 0
    var fieldStart = 0
    var inside = false
    var closed = false
    var i = start
    while true {
      if i == end {
        if inside || !sourceEnded { return false }
        break
      }
      let byte = buffer[i]
      i += 1
      if inside {
        if byte == Self.quote {
          // A quote at the end of what is there may be half of a doubled one.
          if i == end, !sourceEnded { return false }
          if i < end, buffer[i] == Self.quote {
            output[written] = byte
            written += 1
            i += 1
          } else {
            inside = false
            closed = true
          }
        } else {
          if byte == Self.lineFeed { lines += 1 }
          output[written] = byte
          written += 1
        }
      } else if byte == delimiter {
        add(output + fieldStart, written - fieldStart)
        fieldStart = written
        closed = false
      } else if byte == Self.lineFeed {
        break
      } else if byte == Self.carriageReturn, i == end || buffer[i] == Self.lineFeed {
        if i == end, !sourceEnded { return false }
      } else if byte == Self.quote, written == fieldStart, !closed {
        inside = true
      } else {
        if closed { quotesBroken = true }
        output[written] = byte
        written += 1
      }
    }
    add(output + fieldStart, written - fieldStart)
    recordStart = start
    recordEnd = i
    while recordEnd > recordStart,
      buffer[recordEnd - 1] == Self.lineFeed || buffer[recordEnd - 1] == Self.carriageReturn
    {
      recordEnd -= 1
    }
    start = i
    nextLine = line + 1 + lines
    return true
  }
}
