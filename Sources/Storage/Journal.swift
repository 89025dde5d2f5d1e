import CZlib
import Glibc
import Synchronization

/// A file to which records are appended while long work is under way, so that a process that dies loses none of them.
///
///     magic             8 bytes, "apusjrn1"
///     frame, header     a text: what the records belong to
///     frame, record     …
///
/// A frame is a mark, the length of its content, the CRC-32 of its content and the CRC-32 of these 12 bytes; the content
/// follows, filled up to a multiple of 8. What a kill left of the last record is cut off when the file is opened; a
/// record whose content is damaged is left out. Nothing is synced: a process may die at any moment, but after a power
/// cut what had not reached the disk is missing or left out.
///
/// An open journal is locked: no second process appends to it.
public final class Journal: Sendable {
  /// Where a record lies.
  public struct Record: Sendable, Equatable {
    /// First byte of the content.
    public var offset: Int
    /// Bytes of the content.
    public var length: Int
  }

  /// Path of the file.
  public let path: String
  private let descriptor: Int32
  private let end: Mutex<Int>

  private static let magic: [UInt8] = Array("apusjrn1".utf8)
  private static let mark: UInt32 = 0x4652_414D
  private static let frameBytes = 16

  private init(path: String, descriptor: Int32, end: Int) {
    self.path = path
    self.descriptor = descriptor
    self.end = Mutex(end)
  }

  deinit { close(descriptor) }

  /// Begins a journal where no file stands.
  ///
  /// - Throws: `inUse` if one does by now, `unwritable`.
  public static func create(_ path: String, header: String) throws(StorageError) -> Journal {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      if errno == EEXIST { throw .inUse(path: path) }
      throw .unwritable(path: path, reason: systemReason())
    }
    let journal = Journal(path: path, descriptor: descriptor, end: 0)
    do throws(StorageError) {
      try journal.lock()
      try journal.end.withLock { end throws(StorageError) in
        try journal.write(magic, at: 0)
        end = magic.count
      }
      _ = try Array(header.utf8).withUnsafeBufferPointer { text throws(StorageError) in
        try journal.append(UnsafeRawBufferPointer(text))
      }
    } catch {
      unlink(path)
      throw error
    }
    return journal
  }

  /// Opens a journal and lists its records.
  ///
  /// - Returns: the journal, its header and its records; nil if there is none, or no more of it than a part of a header.
  /// - Throws: `inUse` if another process holds it; `wrongFormat`, `damaged`, `unreadable`.
  public static func open(_ path: String) throws(StorageError) -> (Journal, String, [Record])? {
    let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .unreadable(path: path, reason: systemReason())
    }
    let journal = Journal(path: path, descriptor: descriptor, end: 0)
    try journal.lock()
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemReason())
    }
    // Whoever held it has finished and removed it.
    if status.st_nlink == 0 { return nil }
    let size = Int(status.st_size)
    let head = try journal.read(Record(offset: 0, length: min(size, magic.count)))
    guard magic.starts(with: head) else {
      throw .wrongFormat(path: path, expected: "journal", found: "it begins otherwise")
    }
    var (records, end) = try journal.scan(size)
    guard !records.isEmpty else {
      unlink(path)
      return nil
    }
    let header = try journal.read(records.removeFirst())
    guard ftruncate(descriptor, off_t(end)) == 0 else {
      throw .unwritable(path: path, reason: systemReason())
    }
    journal.end.withLock { $0 = end }
    return (journal, String(decoding: header, as: UTF8.self), records)
  }

  /// Appends a record.
  ///
  /// Whole frames only: if the disk is full, what was written of it is cut off again.
  public func append(_ content: UnsafeRawBufferPointer) throws(StorageError) -> Record {
    precondition(content.count <= UInt32.max, "a record of at most 4 GiB")
    let padding = (8 - content.count % 8) % 8
    let words = [
      Self.mark, UInt32(content.count), Self.checksum(content),
    ]
    let check = words.withUnsafeBytes { Self.checksum($0) }
    return try end.withLock { end throws(StorageError) in
      let start = end
      do throws(StorageError) {
        try write(words + [check], at: start)
        try write(content, at: start + Self.frameBytes)
        try write(
          [UInt8](repeating: 0, count: padding), at: start + Self.frameBytes + content.count)
      } catch {
        ftruncate(descriptor, off_t(start))
        throw error
      }
      end = start + Self.frameBytes + content.count + padding
      return Record(offset: start + Self.frameBytes, length: content.count)
    }
  }

  /// Reads a record.
  public func read(_ record: Record) throws(StorageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: record.length)
    try bytes.withUnsafeMutableBufferPointer { bytes throws(StorageError) in
      try read(into: UnsafeMutableRawBufferPointer(bytes), at: record.offset)
    }
    return bytes
  }

  /// Reads bytes from an offset on.
  public func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(StorageError) {
    var filled = 0
    while filled < bytes.count {
      let got = pread(
        descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled,
        off_t(offset + filled))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw .unreadable(path: path, reason: got == 0 ? "it was cut off" : systemReason())
      }
      filled += got
    }
  }

  /// Removes the file: the work is done.
  public func remove() { unlink(path) }

  private func lock() throws(StorageError) {
    // A killed process is gone a moment before its locks are, on some systems.
    var patience = 20
    // Some shared disks know no locks; there the user has to see to it.
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      guard patience > 0 else { throw .inUse(path: path) }
      patience -= 1
      usleep(50_000)
    }
  }

  /// The frames that are whole, the header's first, and where the last of them ends.
  private func scan(_ size: Int) throws(StorageError) -> ([Record], Int) {
    var records: [Record] = []
    var at = Self.magic.count
    while at + Self.frameBytes <= size {
      var words: [UInt32] = [0, 0, 0, 0]
      try words.withUnsafeMutableBufferPointer { words throws(StorageError) in
        try read(into: UnsafeMutableRawBufferPointer(words), at: at)
      }
      let check = words[..<3].withUnsafeBytes { Self.checksum($0) }
      let length = Int(words[1])
      let next = at + Self.frameBytes + (length + 7) / 8 * 8
      guard words[0] == Self.mark, words[3] == check, next <= size else { break }
      let record = Record(offset: at + Self.frameBytes, length: length)
      let content = try read(record)
      let isGood = content.withUnsafeBytes { Self.checksum($0) } == words[2]
      if records.isEmpty && !isGood {
        throw .damaged(path: path, part: "its header", reason: "the checksum is wrong")
      }
      if isGood { records.append(record) }
      at = next
    }
    return (records, at)
  }

  private func write<Value: BitwiseCopyable>(_ values: [Value], at offset: Int)
    throws(StorageError)
  {
    try values.withUnsafeBufferPointer { values throws(StorageError) in
      try write(UnsafeRawBufferPointer(values), at: offset)
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StorageError) {
    var written = 0
    while written < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written,
        off_t(offset + written))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .unwritable(path: path, reason: systemReason()) }
      written += count
    }
  }

  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(
      truncatingIfNeeded: crc32(
        0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count)))
  }
}
