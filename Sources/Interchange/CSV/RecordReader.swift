import Glibc

/// Reads records one by one, in order: for small tables, and to look again at rows of large ones.
///
/// What a record is, see `RecordScanner`. Blank lines and comments are passed over, and a byte order mark is. Memory is
/// bounded: a few blocks, as long as the longest record.
package struct RecordReader: ~Copyable {
  /// Longest record, in bytes.
  package static let recordLimit = 1 << 20

  private let blocks: TextBlocks
  private let path: String
  private var block: TextBlock
  private var record = SplitRecord()
  private var at = 0
  private var start = 0
  private var nextLine = 1

  /// Line on which the record starts, 1 for the first.
  package private(set) var line = 0
  /// Bytes of the record, its line end with them.
  var length: Int { at - start }
  /// Number of fields of the record.
  package var count: Int { record.count }
  /// Whether text follows a closing quote.
  package var quotesBroken: Bool { record.isBroken }

  package init(
    _ source: any ByteSource, path: String, delimiter: UInt8 = UInt8(ascii: ","),
    capacity: Int = 256 << 10
  ) {
    self.init(source, path: path, records: RecordScanner(delimiter: delimiter), capacity: capacity)
  }

  init(
    _ source: any ByteSource, path: String, records: RecordScanner, capacity: Int = 256 << 10
  ) {
    blocks = TextBlocks(source, path: path, records: records)
    self.path = path
    block = TextBlock(capacity: capacity)
  }

  /// A field of the record; valid until the next record.
  subscript(index: Int) -> UnsafeBufferPointer<UInt8> { record[index] }

  /// A field as text.
  package func text(_ index: Int) -> String { String(decoding: record[index], as: UTF8.self) }

  /// A field as text, or nil if it is not UTF-8.
  func validText(_ index: Int) -> String? { String(validating: record[index], as: UTF8.self) }

  /// The record as it stands in the file, cut after 200 characters.
  package var recordText: String { RowText.cut(block.base, start, at) }

  /// Passes over physical lines at the front.
  mutating func skipLines(_ count: Int) throws(ImportError) {
    do throws(TextBlocks.Failure) {
      nextLine += try blocks.skipLines(count)
    } catch {
      throw error.error(path: path, line: nextLine)
    }
  }

  /// Moves to the next record; false at the end of the source.
  package mutating func next() throws(ImportError) -> Bool {
    while true {
      if at == block.count {
        at = 0
        do throws(TextBlocks.Failure) {
          guard try blocks.next(&block) else { return false }
        } catch {
          block.count = 0
          line = nextLine
          throw error.error(path: path, line: nextLine)
        }
        if memchr(block.base, 0, block.count) != nil {
          throw .notText(path: path, kind: "binary data (a zero byte)")
        }
      }
      start = at
      line = nextLine
      at = record.split(block.base, from: start, block.count, blocks.records)
      nextLine += record.lines
      if !blocks.records.isPassedOver(block.base + start, at - start) { return true }
    }
  }
}

extension TextBlocks.Failure {
  /// What is told to a user.
  func error(path: String, line: Int) -> ImportError {
    switch self {
    case .tooLong: .lineTooLong(path: path, line: line, limit: RecordReader.recordLimit)
    case .unclosed: .quoteUnclosed(path: path, line: line)
    case .other(let error): error
    }
  }
}

/// Rows for people.
enum RowText {
  /// A record as it stands in a file, without its line end, cut after 200 characters.
  static func cut(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> String {
    var end = end
    while end > start, RecordScanner.endsLine(text[end - 1]) { end -= 1 }
    // A character may take several bytes; four are enough for all but rare clusters.
    let bytes = UnsafeBufferPointer(start: text + start, count: min(end - start, 800))
    return String(String(decoding: bytes, as: UTF8.self).prefix(200))
  }
}
