/// The first records of a file, split by one delimiter.
struct HeadTable {
  /// One record.
  struct Record {
    /// Line on which it starts, 1 for the first.
    var line: Int
    /// Its cells, as positions in `cells`.
    var cells: Range<Int>

    var count: Int { cells.count }
  }

  let text: [UInt8]
  private(set) var cells: [Range<Int>] = []
  private(set) var records: [Record] = []
  /// Whether the text ends within quotes.
  private(set) var endsInQuotes = false

  /// Splits a text; blank lines are passed over, and a record that the end of the head cuts is left out.
  ///
  /// - Parameters:
  ///   - comment: lines that begin with it are passed over.
  ///   - limit: most records.
  init(_ text: [UInt8], delimiter: UInt8, comment: UInt8? = nil, isWhole: Bool, limit: Int) {
    self.text = text
    text.withUnsafeBufferPointer { bytes in
      var at = 0
      var line = 1
      while at < bytes.count, records.count < limit {
        let start = (at: at, line: line, cells: cells.count)
        let isEnded = record(bytes, &at, &line, delimiter)
        let isBlank = cells.count == start.cells + 1 && isBlank(cells[start.cells])
        let isComment = comment != nil && bytes[start.at] == comment
        // Without a line end behind it, the last record of a cut head may be cut itself.
        if isBlank || isComment || (!isEnded && !isWhole) {
          cells.removeLast(cells.count - start.cells)
        } else {
          records.append(Record(line: start.line, cells: start.cells..<cells.count))
        }
      }
    }
  }

  /// Splits one record; false if the text ends before it does.
  private mutating func record(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ line: inout Int, _ delimiter: UInt8
  ) -> Bool {
    let quote = UInt8(ascii: "\"")
    while true {
      var start = at
      var stop: Int?
      if at < bytes.count, bytes[at] == quote {
        at += 1
        start = at
        while at < bytes.count {
          if bytes[at] == quote {
            if at + 1 < bytes.count, bytes[at + 1] == quote {
              at += 1
            } else {
              break
            }
          } else if bytes[at] == 0x0A || bytes[at] == 0x0D && bytes[safe: at + 1] != 0x0A {
            line += 1
          }
          at += 1
        }
        stop = at
        endsInQuotes = at == bytes.count
        at = min(at + 1, bytes.count)
      }
      while at < bytes.count, bytes[at] != delimiter, bytes[at] != 0x0A, bytes[at] != 0x0D {
        at += 1
      }
      cells.append(start..<max(start, stop ?? at))
      guard at < bytes.count else { return false }
      let byte = bytes[at]
      at += 1
      if byte == delimiter { continue }
      if byte == 0x0D, bytes[safe: at] == 0x0A { at += 1 }
      line += 1
      return true
    }
  }

  private func isBlank(_ cell: Range<Int>) -> Bool {
    text[cell].allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// A cell as text, without the spaces around it and with doubled quotes made one.
  func string(_ record: Record, _ column: Int) -> String {
    guard column < record.count else { return "" }
    let raw = String(decoding: text[cells[record.cells.lowerBound + column]], as: UTF8.self)
    return raw.contains("\"\"")
      ? raw.replacing("\"\"", with: "\"").trimmingSpaces : raw.trimmingSpaces
  }

  /// Whether a cell stands in quotes.
  func isQuoted(_ record: Record, _ column: Int) -> Bool {
    guard column < record.count else { return false }
    let start = cells[record.cells.lowerBound + column].lowerBound
    return start > 0 && text[start - 1] == UInt8(ascii: "\"")
  }

  /// All cells of a record as text.
  func strings(_ record: Record) -> [String] {
    (0..<record.count).map { string(record, $0) }
  }

  /// Calls with the bytes of a cell, without the spaces around it.
  func with<Result>(
    _ record: Record, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    text.withUnsafeBufferPointer { bytes in
      guard column < record.count else { return body(.init(start: nil, count: 0)) }
      let cell = cells[record.cells.lowerBound + column]
      return body(UnsafeBufferPointer(rebasing: bytes[cell]).trimmingSpaces)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// A byte, or 0 behind the end.
  fileprivate subscript(safe index: Int) -> UInt8 { index < count ? self[index] : 0 }
}
