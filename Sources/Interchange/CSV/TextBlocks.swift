import Glibc

/// A stretch of text that can be read a little beyond its end.
struct TextBlock: ~Copyable {
  /// Bytes behind the text that may be read, and mean nothing.
  static let padding = 64

  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  /// Bytes of text.
  var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 4)
    base = .allocate(capacity: self.capacity + Self.padding)
    base.initialize(repeating: 0, count: self.capacity + Self.padding)
  }

  deinit { base.deallocate() }

  mutating func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: needed + Self.padding)
    memcpy(larger, base, count)
    memset(larger + count, 0, needed + Self.padding - count)
    base.deallocate()
    base = larger
    capacity = needed
  }
}

/// Cuts a source into blocks of whole records, without splitting them any further.
///
/// Where blocks are cut depends on how much room they have; what the records are does not.
final class TextBlocks {
  /// Why there is no further block.
  ///
  /// The line of a record is known to whoever counts lines.
  enum Failure: Error {
    /// The next record is longer than `RecordReader.recordLimit`.
    case tooLong
    /// The next record has a quote that is never closed.
    case unclosed
    /// Anything else.
    case other(ImportError)
  }

  let records: RecordScanner
  private let source: any ByteSource
  private let path: String
  private var pending: [UInt8] = []
  private var ended = false
  private var markPassed = false
  // Handed out once all before it is.
  private var failure: Failure?
  /// Bytes taken from the source so far.
  private(set) var bytesRead = 0

  init(_ source: any ByteSource, path: String, records: RecordScanner) {
    self.source = source
    self.path = path
    self.records = records
  }

  /// Puts the next records into a block, at least one; false at the end.
  func next(_ block: inout TextBlock) throws(Failure) -> Bool {
    block.count = 0
    block.reserve(pending.count)
    append(pending, to: &block)
    pending.removeAll(keepingCapacity: true)
    while true {
      fill(&block)
      let isLast = ended && failure == nil
      if isLast { endLine(&block) }
      if block.count == 0 {
        if let failure { throw failure }
        return false
      }
      let cut = records.lastEnd(in: block.base, block.count, isLast: isLast)
      let limit = RecordReader.recordLimit
      if cut == 0 {
        if block.count > limit + 1 { throw refuse(.tooLong, block.base, block.count) }
        if isLast { throw refuse(.unclosed, block.base, block.count) }
        if let failure { throw failure }
        block.reserve(min(block.capacity * 2, limit * 2))
        continue
      }
      if cut > limit, case .at(let end) = records.end(from: 0, in: block.base, cut, isLast: true),
        end - records.lineEndLength(block.base, end) > limit
      {
        throw refuse(.tooLong, block.base, cut)
      }
      pending.append(
        contentsOf: UnsafeBufferPointer(start: block.base + cut, count: block.count - cut))
      if isLast, cut < block.count {
        failure = refuse(
          block.count - cut > limit + 1 ? .tooLong : .unclosed, block.base + cut, block.count - cut)
        pending.removeAll()
      }
      block.count = cut
      return true
    }
  }

  /// Passes over physical lines at the front, however they are quoted.
  ///
  /// - Returns: how many there were.
  func skipLines(_ count: Int) throws(Failure) -> Int {
    var block = TextBlock(capacity: 4096)
    var skipped = 0
    var afterReturn = false
    while true {
      block.count = 0
      append(pending, to: &block)
      pending.removeAll(keepingCapacity: true)
      fill(&block)
      if block.count == 0 {
        if let failure { throw failure }
        return skipped
      }
      var at = 0
      while at < block.count {
        let byte = block.base[at]
        let isPair = afterReturn && byte == RecordScanner.lineFeed
        afterReturn = false
        if !isPair {
          if skipped == count { break }
          if RecordScanner.endsLine(byte) { skipped += 1 }
          afterReturn = byte == RecordScanner.carriageReturn
        }
        at += 1
      }
      pending.append(
        contentsOf: UnsafeBufferPointer(start: block.base + at, count: block.count - at))
      if skipped == count, !afterReturn { return skipped }
    }
  }

  /// Takes the first record that is neither blank nor a comment.
  ///
  /// - Returns: its cells and the line on which it stands, and the line on which the next one does; nil if there is none.
  func takeRecord() throws(Failure) -> (cells: [String?], line: Int, next: Int)? {
    var block = TextBlock(capacity: 64 << 10)
    var record = SplitRecord()
    var line = 1
    while try next(&block) {
      if memchr(block.base, 0, block.count) != nil { throw .other(binary) }
      var at = 0
      while at < block.count {
        let start = at
        at = record.split(block.base, from: start, block.count, records)
        let next = line + record.lines
        if !records.isPassedOver(block.base + start, at - start) {
          pending.insert(
            contentsOf: UnsafeBufferPointer(start: block.base + at, count: block.count - at), at: 0)
          return (record.texts, line, next)
        }
        line = next
      }
    }
    return nil
  }

  // MARK: Reading

  private var binary: ImportError { .notText(path: path, kind: "binary data (a zero byte)") }

  private func append(_ bytes: [UInt8], to block: inout TextBlock) {
    block.reserve(block.count + bytes.count)
    bytes.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { memcpy(block.base + block.count, base, bytes.count) }
    }
    block.count += bytes.count
  }

  private func fill(_ block: inout TextBlock) {
    do throws(ImportError) {
      while block.count < block.capacity, !ended {
        let got = try source.read(
          into: .init(start: block.base + block.count, count: block.capacity - block.count))
        block.count += got
        bytesRead += got
        ended = got == 0
      }
    } catch {
      failure = .other(error)
      ended = true
    }
    if !markPassed, block.count >= 3 || ended {
      markPassed = true
      if block.count >= 3, block.base[0] == 0xEF, block.base[1] == 0xBB, block.base[2] == 0xBF {
        block.count -= 3
        memmove(block.base, block.base + 3, block.count)
      }
    }
  }

  private func endLine(_ block: inout TextBlock) {
    guard block.count > 0, !RecordScanner.endsLine(block.base[block.count - 1]) else { return }
    block.reserve(block.count + 1)
    block.base[block.count] = RecordScanner.lineFeed
    block.count += 1
  }

  /// A record that can't be read is binary data if it holds a zero byte.
  private func refuse(_ failure: Failure, _ base: UnsafePointer<UInt8>, _ count: Int) -> Failure {
    memchr(base, 0, min(count, RecordReader.recordLimit + 1)) == nil ? failure : .other(binary)
  }
}
