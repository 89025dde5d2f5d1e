import Market
import Synchronization

/// All that recognising a plain file depends on, so that many files of one shape are recognised once.
///
/// Plain is a head of ASCII whose first line is the header and whose columns hold one kind of cell each, of kinds that can
/// be read in one way only: ISO dates, ISO times, numbers with a point and without groups, or one word that repeats. Which of
/// them stand there changes nothing but the order of times, which is found for each file. Any other head has no shape
/// and is recognised in full, so what a file is taken for does not depend on other files, nor on their order.
struct PlainShape: Hashable {
  /// What the cells of a column are.
  struct Column: Hashable {
    enum Kind { case number, word, date, time, timeUTC }
    var kind: Kind
    /// Whether a time is not midnight.
    var hasTimeOfDay = false
  }

  typealias Bytes = UnsafeBufferPointer<UInt8>

  private var header: [UInt8]
  private var delimiter: UInt8
  private var columns: [Column] = []

  /// The shape of the bytes at the head of a file; nil if they are not plain, or options say where rows begin.
  init?(_ head: [UInt8], isWhole: Bool, options: ImportOptions) {
    guard options.skippedLines == nil, options.hasHeader == nil, options.encoding == nil,
      Self.isASCII(head)
    else { return nil }
    (header, delimiter) = ([], 0)
    let isPlain = head.withUnsafeBufferPointer { text in
      var lines = PlainLines(text, isWhole: isWhole)
      guard let first = lines.next(), takeHeader(first, options) else { return false }
      var words: [Bytes] = []
      var rows = 0
      while rows < HeaderSniffer.sampleRows - 1, let line = lines.next() {
        guard takeRow(line, &words) else { return false }
        rows += 1
      }
      return rows > 0
    }
    if !isPlain { return nil }
  }

  private static func isASCII(_ head: [UInt8]) -> Bool {
    var strange: UInt8 = 0
    for byte in head { strange |= (byte &- 1) & 0x80 | byte & 0x80 }
    return strange == 0
  }

  private mutating func takeHeader(_ line: Bytes, _ options: ImportOptions) -> Bool {
    let signs = HeaderSniffer.delimiters.filter(line.contains)
    guard !line.isEmpty, signs.count == 1,
      options.delimiter == nil || options.delimiter?.asciiValue == signs[0],
      line[0] != UInt8(ascii: "#"), !line.contains(UInt8(ascii: "\"")),
      line.allSatisfy({ $0 >= 0x20 || $0 == signs[0] })
    else { return false }
    header = Array(line)
    delimiter = signs[0]
    return true
  }

  /// Takes a row in; false if it is not plain.
  ///
  /// - Parameter words: the words of the first row, by column; empty before it.
  private mutating func takeRow(_ line: Bytes, _ words: inout [Bytes]) -> Bool {
    let isFirst = columns.isEmpty
    var column = 0
    var start = 0
    while start <= line.count {
      var end = start
      while end < line.count, line[end] != delimiter { end += 1 }
      let cell = Bytes(rebasing: line[start..<end])
      start = end + 1
      if isFirst {
        guard let kind = Self.kind(cell) else { return false }
        columns.append(Column(kind: kind))
        words.append(cell)
      }
      guard column < columns.count, takeCell(cell, column, words[column]) else { return false }
      column += 1
    }
    return column == columns.count
  }

  private mutating func takeCell(_ cell: Bytes, _ column: Int, _ word: Bytes) -> Bool {
    switch columns[column].kind {
    // The first row has no empty cell, and what follows may: it tells as much.
    case .number: return cell.isEmpty || Self.isNumber(cell)
    case .word: return cell.elementsEqual(word)
    case .date: return Self.isDate(cell, to: cell.count)
    case .time, .timeUTC:
      guard let found = Self.time(cell), found.isUTC == (columns[column].kind == .timeUTC) else {
        return false
      }
      if !found.isMidnight { columns[column].hasTimeOfDay = true }
      return true
    }
  }

  // MARK: Cells

  private static func kind(_ cell: Bytes) -> Column.Kind? {
    if isNumber(cell) { return .number }
    if isDate(cell, to: cell.count) { return .date }
    if let found = time(cell) { return found.isUTC ? .timeUTC : .time }
    return isWord(cell) ? .word : nil
  }

  /// Digits, and a point between some of them.
  private static func isNumber(_ cell: Bytes) -> Bool {
    var digits = 0
    var points = 0
    for (index, byte) in cell.enumerated() {
      if byte &- 48 < 10 {
        digits += 1
      } else if byte == UInt8(ascii: "."), digits > 0 {
        points += 1
      } else if index > 0 || byte != UInt8(ascii: "-") {
        return false
      }
    }
    return digits > 0 && points < 2 && cell[cell.count - 1] != UInt8(ascii: ".") && cell.count <= 24
  }

  private static func digits(_ cell: Bytes, _ at: Int, _ count: Int) -> Int? {
    var value = 0
    for byte in cell[at..<at + count] {
      guard byte &- 48 < 10 else { return nil }
      value = value * 10 + Int(byte &- 48)
    }
    return value
  }

  /// `2024-01-31`, a day that the calendar has.
  static func isDate(_ cell: Bytes, to count: Int) -> Bool {
    guard count == 10, cell[4] == UInt8(ascii: "-"), cell[7] == UInt8(ascii: "-"),
      let year = digits(cell, 0, 4), let month = digits(cell, 5, 2), let day = digits(cell, 8, 2)
    else { return false }
    return WallTime(year: year, month: month, day: day) != nil
  }

  /// `2024-01-31 09:30`, with `T`, seconds and `Z` or without.
  private static func time(_ cell: Bytes) -> (isMidnight: Bool, isUTC: Bool)? {
    guard cell.count >= 16, isDate(cell, to: 10), cell[10] == 0x20 || cell[10] == UInt8(ascii: "T"),
      cell[13] == UInt8(ascii: ":"), let hour = digits(cell, 11, 2), hour < 24,
      let minute = digits(cell, 14, 2), minute < 60
    else { return nil }
    let isUTC = cell[cell.count - 1] == UInt8(ascii: "Z")
    let left = cell.count - 16 - (isUTC ? 1 : 0)
    if left == 0 { return (hour + minute == 0, isUTC) }
    guard left == 3, cell[16] == UInt8(ascii: ":"), let second = digits(cell, 17, 2), second < 60
    else { return nil }
    return (hour + minute + second == 0, isUTC)
  }

  /// Letters, with points or hyphens behind the first, that mean themselves.
  private static func isWord(_ cell: Bytes) -> Bool {
    func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 &- 0x61 < 26 }
    guard cell.count <= 32, let first = cell.first, isLetter(first),
      cell.allSatisfy({ isLetter($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
    else { return false }
    return CellKind(cell) == .text
  }

  // MARK: Dialects

  /// Whether a dialect that was found for one file of this shape is that of all.
  ///
  /// Names of times ask for a closer look at what stands below them.
  func decides(_ dialect: Dialect, _ options: ImportOptions) -> Bool {
    guard dialect.hasHeader, dialect.skippedLines == 0, dialect.layout == .long,
      dialect.delimiter == delimiter, dialect.roles.count == columns.count,
      let time = dialect.roles.firstIndex(of: .time)
    else { return false }
    switch columns[time].kind {
    case .date: break
    case .time, .timeUTC: if options.dateFormat != nil { return false }
    case .number, .word: return false
    }
    return dialect.roles.indices.allSatisfy { index in
      if index == time { return true }
      let name = ColumnName.canonical(dialect.header[index])
      if name.hasPrefix("time") || name.hasSuffix("time")
        || ["minute", "hour", "clock"].contains(name)
        || ColumnAliases.meaning(of: name, withLetters: true) == "time"
      {
        return false
      }
      switch dialect.roles[index] {
      case .time, .timeOfDay, .symbolColumn: return false
      case .symbol, .name: return columns[index].kind == .word
      case .field, .extra, .ignored: return true
      }
    }
  }

  /// The order of times in a head of this shape.
  func order(_ head: [UInt8], isWhole: Bool, _ dialect: Dialect) -> Dialect.Order {
    guard let column = dialect.roles.firstIndex(of: .time) else { return .oldestFirst }
    return head.withUnsafeBufferPointer { text in
      var trend = TimeTrend()
      var lines = PlainLines(text, isWhole: isWhole)
      _ = lines.next()
      var last: Int64?
      var rows = 0
      while rows < TimeTrend.sampleRows, let line = lines.next() {
        rows += 1
        let cells = line.split(
          separator: delimiter, maxSplits: column + 1, omittingEmptySubsequences: false)
        guard column < cells.count,
          case .instant(let instant) = dialect.time.parse(Bytes(rebasing: cells[column]))
        else { continue }
        if let last { trend.add(instant, after: last) }
        last = instant
      }
      return trend.order
    }
  }
}

/// Which way times go from row to row.
struct TimeTrend {
  /// Rows that are looked at.
  static let sampleRows = 100

  private var up = 0
  private var down = 0

  mutating func add(_ instant: Int64, after before: Int64) {
    if instant > before { up += 1 }
    if instant < before { down += 1 }
  }

  var order: Dialect.Order {
    if down == 0 { return .oldestFirst }
    return up == 0 ? .newestFirst : .mixed
  }
}

/// The lines of a text, without their ends; of a cut text not the last.
private struct PlainLines {
  private let text: UnsafeBufferPointer<UInt8>
  private let isWhole: Bool
  private var at = 0

  init(_ text: UnsafeBufferPointer<UInt8>, isWhole: Bool) {
    self.text = text
    self.isWhole = isWhole
  }

  /// The next line, blank ones too; nil behind the last.
  mutating func next() -> UnsafeBufferPointer<UInt8>? {
    guard at < text.count else { return nil }
    let start = at
    while at < text.count, text[at] != 0x0A { at += 1 }
    if at == text.count, !isWhole { return nil }
    let isReturn = at > start && text[at - 1] == 0x0D
    let line = UnsafeBufferPointer(rebasing: text[start..<(isReturn ? at - 1 : at)])
    at += 1
    return line
  }
}

/// The dialects of the plain shapes that one import has met.
final class KnownDialects: Sendable {
  private let known = Mutex<[PlainShape: Dialect]>([:])

  /// Recognises a head, in full only where its shape is a new one.
  func dialect(
    _ head: [UInt8], isWhole: Bool, options: ImportOptions,
    recognise: () throws(ImportError) -> Dialect
  ) throws(ImportError) -> Dialect {
    guard let shape = PlainShape(head, isWhole: isWhole, options: options) else {
      return try recognise()
    }
    if var found = known.withLock({ $0[shape] }) {
      found.order = shape.order(head, isWhole: isWhole, found)
      return found
    }
    let dialect = try recognise()
    if shape.decides(dialect, options) { known.withLock { $0[shape] = dialect } }
    return dialect
  }
}
