import Glibc

/// A file as often as it is needed; what a pipe gives is kept for that while it is read.
final class TableSource: @unchecked Sendable {
  // Safe across threads because whoever reads holds the lock of the table's reader, or is the only one left.
  let path: String
  private let options: ImportOptions
  private var pipe: KeptPipe?

  init(_ path: String, options: ImportOptions) {
    self.path = path
    self.options = options
  }

  /// Opens the file from its first byte, unpacked; of a pipe one reader goes ahead and others follow.
  func open() throws(ImportError) -> any ByteSource {
    if pipe == nil, options.contents[path] == nil, ByteSources.isPipe(path) {
      pipe = KeptPipe(try FileSource(path), path: path, limit: options.unpackedBytesLimit)
    }
    guard let pipe else { return try ByteSources.open(path, options: options) }
    return try ByteSources.unpacked(
      KeptPipe.Reader(pipe), head: pipe.head, path: path, options: options)
  }

  /// Opens the file as UTF-8 text.
  func open(_ encoding: Dialect.Encoding) throws(ImportError) -> any ByteSource {
    let source = try open()
    return encoding == .utf8 ? source : DecodedSource(source, encoding)
  }
}

/// The bytes that a pipe gave so far: in memory while they are few, then in a file without a name.
final class KeptPipe {
  /// Reads from the first byte on.
  final class Reader: ByteSource {
    private let pipe: KeptPipe
    private var at = 0

    init(_ pipe: KeptPipe) { self.pipe = pipe }

    func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
      let count = try pipe.read(at: at, into: target)
      at += count
      return count
    }
  }

  // More than most pipes give, and little beside what reading takes.
  private static let memoryLimit = 8 << 20

  /// The first bytes, at most four.
  let head: [UInt8]
  private let source: FileSource
  private let path: String
  private let limit: Int
  private var memory: [UInt8] = []
  private var file: Int32 = -1
  // Bytes that the pipe gave, and whether all of them are kept.
  private var taken = 0
  private var isKept = true

  init(_ source: FileSource, path: String, limit: Int) {
    self.source = source
    self.path = path
    self.limit = limit
    head = source.head
  }

  deinit { if file >= 0 { close(file) } }

  private func read(at offset: Int, into target: UnsafeMutableRawBufferPointer)
    throws(ImportError) -> Int
  {
    if offset == taken {
      let got = try source.read(into: target)
      if isKept { keep(UnsafeRawBufferPointer(rebasing: target[..<got])) }
      taken += got
      return got
    }
    let count = min(target.count, taken - offset)
    guard isKept else { throw lost("there was no room to keep it") }
    if file < 0 {
      target.copyBytes(from: memory[offset..<offset + count])
      return count
    }
    while true {
      let got = pread(file, target.baseAddress, count, offset)
      if got > 0 { return got }
      if got == 0 { throw lost("what was kept of it is gone") }
      if errno != EINTR { throw lost(String(cString: strerror(errno)).lowercased()) }
    }
  }

  private func lost(_ reason: String) -> ImportError {
    .unreadable(
      path: path, reason: "it has to be read twice, and \(reason); write it to a file first")
  }

  /// Keeps what follows; a disk that is full costs the second reading, not the first.
  private func keep(_ bytes: UnsafeRawBufferPointer) {
    if file < 0, taken + bytes.count <= Self.memoryLimit {
      memory.append(contentsOf: bytes)
      return
    }
    if file < 0 {
      file = Self.unnamedFile()
      isKept = file >= 0 && memory.withUnsafeBytes { write($0) }
      memory = []
    }
    isKept = isKept && taken + bytes.count <= limit && write(bytes)
    if !isKept, file >= 0 { ftruncate(file, 0) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var left = bytes
    while !left.isEmpty {
      let count = Glibc.write(file, left.baseAddress, left.count)
      if count < 0, errno != EINTR { return false }
      left = UnsafeRawBufferPointer(rebasing: left[max(0, count)...])
    }
    return true
  }

  /// A file that goes when it is closed, however the program ends; -1 if there is no place for one.
  private static func unnamedFile() -> Int32 {
    // On many systems /tmp is memory.
    let folders = [getenv("TMPDIR").map { String(cString: $0) }, "/var/tmp", "/tmp"]
    for folder in folders.compactMap({ $0 }) where !folder.isEmpty {
      var name = Array((folder + "/apus-XXXXXX").utf8CString)
      let file = mkstemp(&name)
      if file < 0 { continue }
      unlink(name)
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      return file
    }
    return -1
  }
}
