import Glibc

/// Bytes in order, from a file, a pipe or a decoder over one of them.
package protocol ByteSource: AnyObject {
  /// Fills the front of `target` and returns how many bytes it wrote; 0 only at the end.
  func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int
}

/// Ways to open a source.
package enum ByteSources {
  /// Opens a file or standard input (`-`), through gzip if its first bytes say so.
  package static func open(_ path: String, options: ImportOptions) throws(ImportError)
    -> any ByteSource
  {
    if let text = options.contents[path] { return MemoryBytes(text) }
    let file = try FileSource(path)
    return try unpacked(file, head: file.head, path: path, options: options)
  }

  /// A source, through gzip if its first bytes say so.
  static func unpacked(
    _ source: any ByteSource, head: [UInt8], path: String, options: ImportOptions
  ) throws(ImportError) -> any ByteSource {
    if head.starts(with: [0x1F, 0x8B]) {
      return try GzipSource(source, path: path, options: options)
    }
    for (magic, kind) in foreign where head.starts(with: magic) {
      throw .notText(path: path, kind: kind)
    }
    return source
  }

  /// Whether a path is there and can't be read a second time, as pipes: they would wait for someone to write.
  static func isPipe(_ path: String) -> Bool {
    if path == "-" { return true }
    var facts = stat()
    return stat(path, &facts) == 0 && ![S_IFREG, S_IFDIR].contains(facts.st_mode & S_IFMT)
  }

  /// Bytes of a file; 0 for what has no size.
  static func size(_ path: String) -> Int {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : 0
  }

  private static let foreign: [([UInt8], String)] = [
    (Array("PK\u{3}\u{4}".utf8), "a zip archive"),
    (Array("BZh".utf8), "bzip2 data"),
    ([0x28, 0xB5, 0x2F, 0xFD], "zstd data"),
    ([0xFD, 0x37, 0x7A, 0x58], "xz data"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 store"),
    (Array("PAR1".utf8), "Parquet data"),
  ]
}

/// A file descriptor, read in order.
final class FileSource: ByteSource {
  /// The first four bytes, fewer if the file is shorter.
  let head: [UInt8]
  private var headTaken = 0
  private let descriptor: Int32
  private let path: String

  init(_ path: String) throws(ImportError) {
    self.path = path
    let descriptor = path == "-" ? dup(0) : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    self.descriptor = descriptor
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { room.deallocate() }
    var count = 0
    do throws(ImportError) {
      while count < 4 {
        let got = try Self.read(descriptor, into: .init(rebasing: room[count...]), path: path)
        if got == 0 { break }
        count += got
      }
    } catch {
      close(descriptor)
      throw error
    }
    head = Array(room.prefix(count))
  }

  deinit { close(descriptor) }

  func read(into target: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    if headTaken < head.count {
      let count = min(target.count, head.count - headTaken)
      target.copyBytes(from: head[headTaken..<headTaken + count])
      headTaken += count
      return count
    }
    return try Self.read(descriptor, into: target, path: path)
  }

  private static func read(
    _ descriptor: Int32, into target: UnsafeMutableRawBufferPointer, path: String
  ) throws(ImportError) -> Int {
    while true {
      let count = Glibc.read(descriptor, target.baseAddress, target.count)
      if count >= 0 { return count }
      if errno != EINTR { throw unreadable(path) }
    }
  }

  private static func unreadable(_ path: String) -> ImportError {
    .unreadable(path: path, reason: String(cString: strerror(errno)).lowercased())
  }
}
